data "aws_region" "current" {}

locals {
  prefix = "${var.name}-${var.environment}"
  region = data.aws_region.current.name

  # What cost_reporter publishes (lambdas/cost_reporter); a test holds these names against it.
  namespace = "FinOps"
  metrics = {
    acts      = "ActsDone"
    week      = "EffectiveCostOfWeek"
    month     = "EffectiveCostOfMonth"
    forecast  = "ForecastOfMonth"
    anomalies = "AnomalyImpactOfWeek"
    savings   = "PossibleMonthlySavings"
    budget    = "BudgetUsedPercent"
  }

  # How runs of actions end when they are not well, by the error that their logs name.
  endings = {
    GateClosed = { error = "GateClosedError", means = "the gate was closed: a verdict is missing, red or too old" }
    Refused    = { error = "StoppedError", means = "a cap or the kill switch stopped it before it acted" }
    ActsFailed = { error = "ActsFailedError", means = "an act failed in the account" }
  }
  log_namespace = "${local.namespace}/Operations"
  queues        = { for key, arn in var.queue_arns : key => element(split(":", arn), 5) }
}
