# The steps of `finops run`, each the command that it is on anybody's machine, in a task of its own.
locals {
  steps = concat(
    # What an account does not answer (1) keeps its last answer, and is told in the log and by finops doctor.
    var.collect ? [{ name = "Collect", command = ["collect"], at_1 = "goes on" }] : [],
    [
      { name = "Ingest", command = ["ingest", "--bills", var.bills_uri], at_1 = "ends" },
      # A month that is held back (1) keeps its last good numbers, and the others go on.
      { name = "Build", command = ["build"], at_1 = "is noted" },
      # A red verdict (1) closes the gate of its mart. The page shows it.
      { name = "Validate", command = ["validate"], at_1 = "is noted" },
    ],
    [for action in var.planned_actions : { name = "Plan ${action}", command = ["act", action], at_1 = "is noted" }],
    [{ name = "Page", command = ["dashboard"], at_1 = "ends" }],
  )

  network = {
    AwsvpcConfiguration = {
      Subnets        = local.subnet_ids
      SecurityGroups = local.security_group_ids
      AssignPublicIp = local.own_network == 1 || var.assign_public_ip ? "ENABLED" : "DISABLED"
    }
  }

  next_states = concat([for step in slice(local.steps, 1, length(local.steps)) : step.name], ["All well?"])

  exit_code = "$.ended.task.Containers[0].ExitCode"

  # What follows a step, by the table of exit codes in docs/running-on-aws.md: 1 may go on, what was killed is run again,
  # everything else ends the run.
  step_states = merge([
    for number, step in local.steps : {
      (step.name) = {
        Type     = "Task"
        Resource = "arn:${local.partition}:states:::ecs:runTask.sync"
        Parameters = {
          LaunchType           = "FARGATE"
          Cluster              = aws_ecs_cluster.this.arn
          TaskDefinition       = aws_ecs_task_definition.this.arn
          NetworkConfiguration = local.network
          Overrides            = { ContainerOverrides = [{ Name = "finops", Command = step.command }] }
          PropagateTags        = "TASK_DEFINITION"
        }
        TimeoutSeconds = var.step_timeout_minutes * 60
        ResultPath     = null
        Retry = [{
          ErrorEquals     = ["ECS.AmazonECSException", "ECS.ServerException", "ECS.ThrottlingException"]
          IntervalSeconds = 30
          MaxAttempts     = 3
          BackoffRate     = 2
        }]
        Catch = [
          { ErrorEquals = ["States.TaskFailed"], ResultPath = "$.failed", Next = "${step.name} ended" },
          { ErrorEquals = ["States.ALL"], ResultPath = "$.failed", Next = "Failed" },
        ]
        Next = local.next_states[number]
      }

      "${step.name} ended" = {
        Type       = "Pass"
        Parameters = { "task.$" = "States.StringToJson($.failed.Cause)" }
        ResultPath = "$.ended"
        Next       = "${step.name}: how?"
      }

      "${step.name}: how?" = {
        Type = "Choice"
        Choices = concat(
          [{ Not = { Variable = local.exit_code, IsPresent = true }, Next = "Failed" }],
          step.at_1 == "ends" ? [] : [{
            Variable      = local.exit_code
            NumericEquals = 1
            Next          = step.at_1 == "is noted" ? "${step.name} noted" : local.next_states[number]
          }],
          [{
            And = [
              { Variable = "$.run.again", NumericLessThan = 3 },
              { Or = [for code in [130, 137, 143] : { Variable = local.exit_code, NumericEquals = code }] },
            ]
            Next = "${step.name} again"
          }],
        )
        Default = "Failed"
      }

      "${step.name} again" = {
        Type       = "Pass"
        Parameters = { "again.$" = "States.MathAdd($.run.again, 1)", "red.$" = "$.run.red" }
        ResultPath = "$.run"
        Next       = step.name
      }
    }
  ]...)

  # A run of which something is noted ends as failed, once all that can be done is done.
  noted_states = {
    for number, step in local.steps : "${step.name} noted" => {
      Type       = "Pass"
      Result     = true
      ResultPath = "$.run.red"
      Next       = local.next_states[number]
    } if step.at_1 == "is noted"
  }

  other_states = {
    "Begin" = {
      Type       = "Pass"
      Result     = { again = 0, red = false }
      ResultPath = "$.run"
      Next       = "Delivered?"
    }

    # AWS delivers a bill in many files and several months at once: all of them are waited for.
    "Delivered?" = {
      Type    = "Choice"
      Choices = [{ And = [{ Variable = "$.trigger", IsPresent = true }, { Variable = "$.trigger", StringEquals = "delivery" }], Next = "Wait for the rest" }]
      Default = "Who runs?"
    }

    "Wait for the rest" = {
      Type    = "Wait"
      Seconds = 900
      Next    = "Who runs?"
    }

    # Of runs that overlap the first one goes on. What came too late for it the next one takes, at the latest by the clock.
    "Who runs?" = {
      Type       = "Task"
      Resource   = "arn:${local.partition}:states:::aws-sdk:sfn:listExecutions"
      Parameters = { "StateMachineArn.$" = "$$.StateMachine.Id", StatusFilter = "RUNNING" }
      ResultSelector = {
        "this.$"  = "$$.Execution.Id"
        "first.$" = "States.ArrayGetItem($.Executions[*].ExecutionArn, States.MathAdd(States.ArrayLength($.Executions), -1))"
      }
      ResultPath = "$.running"
      Next       = "The first?"
    }

    "The first?" = {
      Type    = "Choice"
      Choices = [{ Variable = "$.running.first", StringEqualsPath = "$.running.this", Next = "By the clock?" }]
      Default = "Another runs"
    }

    # Accounts are asked once a day: some questions cost a cent each, and a bill may come four times a day.
    "By the clock?" = {
      Type    = "Choice"
      Choices = [{ And = [{ Variable = "$.trigger", IsPresent = true }, { Variable = "$.trigger", StringEquals = "delivery" }], Next = "Ingest" }]
      Default = local.steps[0].name
    }

    "Another runs" = { Type = "Succeed" }

    "All well?" = {
      Type    = "Choice"
      Choices = [{ Variable = "$.run.red", BooleanEquals = true, Next = "Red" }]
      Default = "Done"
    }

    "Done" = { Type = "Succeed" }

    "Red" = {
      Type  = "Fail"
      Error = "ChecksFailed"
      Cause = "A month is held back, a verdict is red or a gate is closed. The page is drawn; the log says which, and what to do."
    }

    "Failed" = {
      Type      = "Fail"
      Error     = "StepFailed"
      CausePath = "$.failed.Cause"
    }
  }
}

resource "aws_sfn_state_machine" "this" {
  # checkov:skip=CKV_AWS_284:One run a day, whose history Step Functions keeps for 90 days; a trace adds nothing.
  # checkov:skip=CKV_AWS_285:Likewise for its log: what the steps say is in the log of the tasks.
  name     = "${local.prefix}-pipeline"
  role_arn = aws_iam_role.this["steps"].arn
  type     = "STANDARD"
  definition = jsonencode({
    Comment        = "finops run, a step at a time"
    StartAt        = "Begin"
    TimeoutSeconds = 6 * 3600
    States         = merge(local.other_states, local.step_states, local.noted_states)
  })

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_scheduler_schedule" "this" {
  # checkov:skip=CKV_AWS_297:What it carries is one word; AWS encrypts it with a key of its own.
  name                         = "${local.prefix}-pipeline"
  description                  = "Starts the steps by the clock, delivered or not"
  schedule_expression          = var.schedule
  schedule_expression_timezone = var.schedule_timezone
  state                        = var.enabled ? "ENABLED" : "DISABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_sfn_state_machine.this.arn
    role_arn = aws_iam_role.this["starter"].arn
    input    = jsonencode({ trigger = "schedule" })

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 10
    }
  }
}

# The manifest comes after the files of a delivery, for every form of bill.
resource "aws_cloudwatch_event_rule" "delivered" {
  name        = "${local.prefix}-bill-delivered"
  description = "A manifest was written to the bucket of bills"
  state       = var.enabled && var.run_on_delivery ? "ENABLED" : "DISABLED"
  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail = {
      bucket = { name = [split(":", var.bucket_arns.bills)[5]] }
      object = { key = [{ suffix = "Manifest.json" }] }
    }
  })
}

resource "aws_cloudwatch_event_target" "delivered" {
  rule     = aws_cloudwatch_event_rule.delivered.name
  arn      = aws_sfn_state_machine.this.arn
  role_arn = aws_iam_role.this["delivery"].arn
  input    = jsonencode({ trigger = "delivery" })
}
