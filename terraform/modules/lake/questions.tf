# The ten questions that people ask first, to be found in the workgroup's saved queries. The first line says what is asked.
locals {
  questions = {
    for file in fileset("${path.module}/questions", "*.sql") : trimsuffix(file, ".sql") => templatefile(
      "${path.module}/questions/${file}", { marts = aws_glue_catalog_database.this["marts"].name }
    )
  }
}

resource "aws_athena_named_query" "this" {
  for_each = local.questions

  name        = replace(each.key, "_", " ")
  description = trimprefix(split("\n", each.value)[0], "-- ")
  workgroup   = aws_athena_workgroup.this.name
  database    = aws_glue_catalog_database.this["marts"].name
  query       = each.value
}
