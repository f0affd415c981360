mock_provider "aws" {
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }

  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-1a", "eu-west-1b", "eu-west-1c"] }
  }

  mock_resource "aws_ecr_repository" {
    defaults = { arn = "arn:aws:ecr:eu-west-1:123456789012:repository/finops-dev-pipeline", repository_url = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/finops-dev-pipeline" }
  }

  mock_resource "aws_ecs_cluster" {
    defaults = { arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/finops-dev" }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = { arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/finops-dev-pipeline:1" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/finops/dev/pipeline" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/this" }
  }

  mock_resource "aws_subnet" {
    defaults = { id = "subnet-0" }
  }

  mock_resource "aws_security_group" {
    defaults = { id = "sg-0" }
  }

  mock_resource "aws_sfn_state_machine" {
    defaults = { arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:finops-dev-pipeline" }
  }
}

variables {
  environment           = "dev"
  lake_uri              = "s3://finops-dev-lake-123456789012"
  bills_uri             = "s3://finops-dev-bills-123456789012"
  athena_workgroup      = "finops-dev"
  athena_results_uri    = "s3://finops-dev-athena-results-123456789012/"
  kms_key_arn           = "arn:aws:kms:eu-west-1:123456789012:key/lake"
  collecting_policy_arn = "arn:aws:iam::123456789012:policy/finops-dev-collecting"
  image_tag             = "1.0.0"

  bucket_arns = {
    bills          = "arn:aws:s3:::finops-dev-bills-123456789012"
    lake           = "arn:aws:s3:::finops-dev-lake-123456789012"
    athena_results = "arn:aws:s3:::finops-dev-athena-results-123456789012"
  }

  glue_databases = {
    landing = "finops_dev_landing"
    build   = "finops_dev_build"
    marts   = "finops_dev_marts"
  }
}

run "steps_are_the_commands_of_finops_in_their_order" {
  command = plan

  assert {
    condition = output.steps == [
      "finops collect",
      "finops ingest --bills s3://finops-dev-bills-123456789012",
      "finops build",
      "finops validate",
      "finops act idle_cleanup",
      "finops act snapshot_cleanup",
      "finops act rightsizing",
      "finops dashboard",
    ]
    error_message = "Unexpected steps: ${join("; ", output.steps)}"
  }

  assert {
    condition = [
      for name in ["Collect", "Ingest", "Build", "Validate", "Plan idle_cleanup", "Plan snapshot_cleanup", "Plan rightsizing", "Page"] :
      jsondecode(aws_sfn_state_machine.this.definition).States[name].Next
    ] == ["Ingest", "Build", "Validate", "Plan idle_cleanup", "Plan snapshot_cleanup", "Plan rightsizing", "Page", "All well?"]
    error_message = "A step that ends well leads to the next."
  }

  assert {
    condition = alltrue([
      for name, state in jsondecode(aws_sfn_state_machine.this.definition).States :
      alltrue([
        for next in compact(concat([try(state.Next, null), try(state.Default, null)], [for rule in try(state.Choices, []) : rule.Next], [for rule in try(state.Catch, []) : rule.Next])) :
        contains(keys(jsondecode(aws_sfn_state_machine.this.definition).States), next)
      ])
    ])
    error_message = "Every state leads to one that is there."
  }

  assert {
    # AWS refuses a state that nothing leads to.
    condition = toset(keys(jsondecode(aws_sfn_state_machine.this.definition).States)) == toset(concat(["Begin"], flatten([
      for state in jsondecode(aws_sfn_state_machine.this.definition).States :
      compact(concat([try(state.Next, null), try(state.Default, null)], [for rule in try(state.Choices, []) : rule.Next], [for rule in try(state.Catch, []) : rule.Next]))
    ])))
    error_message = "Something leads to every state."
  }

  assert {
    condition     = !strcontains(aws_sfn_state_machine.this.definition, "--apply")
    error_message = "No step acts: what acts are the functions of the module actions."
  }
}

run "red_goes_on_killed_goes_again_and_all_else_ends" {
  command = plan

  assert {
    condition = [
      for rule in jsondecode(aws_sfn_state_machine.this.definition).States["Build: how?"].Choices : rule.Next
    ] == ["Failed", "Build noted", "Build again"] && jsondecode(aws_sfn_state_machine.this.definition).States["Build: how?"].Default == "Failed"
    error_message = "Exit code 1 of a build goes on; what was killed goes again."
  }

  assert {
    condition = [
      for rule in jsondecode(aws_sfn_state_machine.this.definition).States["Ingest: how?"].Choices : rule.Next
    ] == ["Failed", "Ingest again"]
    error_message = "A bill that is refused ends the run."
  }

  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).States["Collect: how?"].Choices[1].Next == "Ingest"
    error_message = "What an account does not answer stops nothing, and fails no run."
  }

  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).States["Build noted"].Next == "Validate" && jsondecode(aws_sfn_state_machine.this.definition).States["Build again"].Next == "Build"
    error_message = "What is noted goes on, what goes again is the same step."
  }
}

run "task_writes_to_one_folder_and_knows_its_lake" {
  command = plan

  assert {
    condition = (
      jsondecode(aws_ecs_task_definition.this.container_definitions)[0].readonlyRootFilesystem &&
      jsondecode(aws_ecs_task_definition.this.container_definitions)[0].mountPoints == [{ sourceVolume = "work", containerPath = "/work", readOnly = false }] &&
      jsondecode(aws_ecs_task_definition.this.container_definitions)[0].linuxParameters.capabilities.drop == ["ALL"]
    )
    error_message = "The container needs /work and no capability."
  }

  assert {
    condition = { for pair in jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment : pair.name => pair.value } == {
      AWS_REGION              = "eu-west-1"
      FINOPS_LAKE             = "s3://finops-dev-lake-123456789012"
      FINOPS_PROFILE          = "aws"
      FINOPS_GLUE_PREFIX      = "finops_dev"
      FINOPS_ATHENA_WORKGROUP = "finops-dev"
      FINOPS_ATHENA_RESULTS   = "s3://finops-dev-athena-results-123456789012/"
      FINOPS_ATHENA_BUDGET    = "5"
    }
    error_message = "Unexpected settings: ${aws_ecs_task_definition.this.container_definitions}"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].image == "123456789012.dkr.ecr.eu-west-1.amazonaws.com/finops-dev-pipeline:1.0.0"
    error_message = "Tasks run the tag that was given, from the repository that was made."
  }

  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE"
    error_message = "A tag is given once."
  }
}

run "roles_may_do_what_they_are_for" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for s in jsondecode(aws_iam_role_policy.this["task"].policy).Statement : [
        for resource in s.Resource : !strcontains(resource, "bills") if anytrue([for a in s.Action : strcontains(a, "Put") || strcontains(a, "Delete")])
      ]
    ]))
    error_message = "No task may write or delete a bill: ${aws_iam_role_policy.this["task"].policy}"
  }

  assert {
    condition = [
      for s in jsondecode(aws_iam_role_policy.this["task"].policy).Statement : s.Sid if contains(s.Resource, "*")
    ] == ["LookForPlans"]
    error_message = "All but looking is limited to what is ours: ${aws_iam_role_policy.this["task"].policy}"
  }

  assert {
    condition = alltrue(flatten([
      for it in aws_iam_role_policy.this : [for s in jsondecode(it.policy).Statement : [for a in s.Action : !strcontains(a, "*")]]
    ]))
    error_message = "Every action is named."
  }

  assert {
    condition = { for role, it in aws_iam_role.this : role => jsondecode(it.assume_role_policy).Statement[0].Condition } == {
      for role in ["delivery", "execution", "starter", "steps", "task"] : role => { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    }
    error_message = "No role is taken on behalf of another account."
  }

  assert {
    condition = [
      for s in jsondecode(aws_iam_role_policy.this["steps"].policy).Statement : [s.Resource, s.Condition] if s.Sid == "GiveTheTaskItsRoles"
      ] == [[
        ["arn:aws:iam::123456789012:role/finops-dev-pipeline-task", "arn:aws:iam::123456789012:role/finops-dev-pipeline-execution"],
        { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } },
    ]]
    error_message = "The steps may give a task its two roles and no other: ${aws_iam_role_policy.this["steps"].policy}"
  }
}

run "runs_start_by_the_clock_and_by_delivery" {
  command = plan

  assert {
    condition     = aws_scheduler_schedule.this.state == "ENABLED" && aws_cloudwatch_event_rule.delivered.state == "ENABLED"
    error_message = "Both start runs."
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.delivered.event_pattern).detail == {
      bucket = { name = ["finops-dev-bills-123456789012"] }
      object = { key = [{ suffix = "Manifest.json" }] }
    }
    error_message = "A manifest in the bucket of bills starts a run: ${aws_cloudwatch_event_rule.delivered.event_pattern}"
  }
}

run "own_network_lets_nothing_in" {
  command = plan

  assert {
    condition     = length(aws_subnet.this) == 2 && aws_subnet.this[0].availability_zone != aws_subnet.this[1].availability_zone
    error_message = "There are two subnets in two zones."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.https[0].from_port == 443 && aws_vpc_security_group_egress_rule.https[0].to_port == 443
    error_message = "Tasks go out by HTTPS alone."
  }

  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).States.Build.Parameters.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp == "ENABLED"
    error_message = "Without a NAT gateway a task needs an address of its own to reach AWS."
  }
}

run "subnets_of_yours_are_used" {
  command = plan

  variables {
    subnet_ids         = ["subnet-1", "subnet-2"]
    security_group_ids = ["sg-1"]
    collect            = false
    enabled            = false
    disk_gib           = 100
  }

  assert {
    condition = jsondecode(aws_sfn_state_machine.this.definition).States.Build.Parameters.NetworkConfiguration.AwsvpcConfiguration == {
      Subnets = ["subnet-1", "subnet-2"], SecurityGroups = ["sg-1"], AssignPublicIp = "DISABLED"
    }
    error_message = "No network is made where one is given."
  }

  assert {
    condition     = length(aws_vpc.this) == 0 && length(aws_iam_role_policy_attachment.collecting) == 0
    error_message = "What is not used is not made."
  }

  assert {
    condition     = output.steps[0] == "finops ingest --bills s3://finops-dev-bills-123456789012"
    error_message = "Who does not collect begins with the bill."
  }

  assert {
    condition     = aws_scheduler_schedule.this.state == "DISABLED" && aws_cloudwatch_event_rule.delivered.state == "DISABLED"
    error_message = "Nothing starts by itself while it is switched off."
  }

  assert {
    condition     = aws_ecs_task_definition.this.ephemeral_storage[0].size_in_gib == 100
    error_message = "A large month needs a larger disk."
  }
}
