"""Why a question was not answered: one word to decide by, and AWS's own words."""

from __future__ import annotations

from ingestion.collecting.model import OverBudgetError, UnavailableError
from lake.accounts import UnreachableError, in_words

DENIED, THROTTLED, UNAVAILABLE = "denied", "throttled", "unavailable"
UNREACHABLE, OVER_BUDGET, FAILED = "unreachable", "over_budget", "failed"

# What to do about each, as the end of a sentence.
TODO = {
    DENIED: "give the role the action that AWS names: docs/collecting.md lists them per source",
    THROTTLED: "run it again later: AWS was asked ten times",
    UNAVAILABLE: "switch the service on in that account, or leave the source out",
    UNREACHABLE: "check the region, the credentials and --role-name",
    OVER_BUDGET: "raise FINOPS_COLLECT_BUDGET, or ask for less",
    FAILED: "run it again; if it stays so, report it",
}

# A gateway between here and AWS may answer with a page.
_LONGEST = 300

_CODES = {
    DENIED: (
        *("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403"),
        *("AuthorizationErrorException", "UnauthorizedException", "NotAuthorized"),
    ),
    THROTTLED: (
        *("Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException"),
        *("RequestLimitExceeded", "TooManyRequestsException", "LimitExceededException", "LimitExceeded", "SlowDown"),
    ),
    UNAVAILABLE: (
        *("OptInRequired", "OptInRequiredException", "SubscriptionRequiredException", "DataUnavailableException"),
        *("AWSOrganizationsNotInUseException", "UnsupportedOperation", "InvalidAction", "NotFoundException"),
    ),
    # A region that an account did not opt in to answers so.
    UNREACHABLE: (
        *("AuthFailure", "UnrecognizedClientException", "InvalidClientTokenId", "ExpiredToken", "RequestExpired"),
        *("ExpiredTokenException", "SignatureDoesNotMatch", "InvalidSignatureException"),
    ),
}


def status_of(error: Exception) -> str:
    """The kind of a failure."""
    for kind, status in (
        (OverBudgetError, OVER_BUDGET),
        (UnavailableError, UNAVAILABLE),
        (UnreachableError, UNREACHABLE),
    ):
        if isinstance(error, kind):
            return status
    code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
    if not code and type(error).__module__.startswith("botocore"):
        return UNREACHABLE if "Connect" in type(error).__name__ or "Endpoint" in type(error).__name__ else FAILED
    return next((status for status, codes in _CODES.items() if code in codes), FAILED)


def reason_of(error: Exception) -> str:
    """Its words, in one line."""
    told = " ".join(in_words(error).split()) or type(error).__name__
    told = told if len(told) <= _LONGEST else f"{told[:_LONGEST]} …"
    operation = getattr(error, "operation_name", "")
    return f"{operation}: {told}" if operation else told
