"""What schemathesis is told of our document beside its configuration."""

import schemathesis

# Seconds; as the document has it of `after_seconds`.
DELAY_MAX = 31_536_000

EVENT = {
    "type": "object",
    "required": ["id", "event", "data"],
    "properties": {
        "id": {"type": "string", "pattern": r"^\d+-\d+(\.\d)?$"},
        "event": {"type": "string", "pattern": r"^([a-z_]+\.[a-z_]+|values|updates)$"},
        "data": {"type": "string", "pattern": r"^\{.*\}$"},
    },
    "additionalProperties": False,
}


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """A stream's schema is a text in OpenAPI 3.1, as for every other body; schemathesis takes it for
    the schema of each event."""
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            for response in operation["responses"].values():
                stream = response.get("content", {}).get("text/event-stream")
                if stream is not None:
                    stream["schema"] = EVENT


def is_delay(value):
    """Longer than a second, and one that the server takes: what it refuses stays as it is."""
    return isinstance(value, (int, float)) and 1 < value <= DELAY_MAX


@schemathesis.hook
def before_call(context, case, kwargs):
    """A run that starts in months is generated as readily as one that starts now. A second is enough; and
    where the answer waits for its end, none: it would stand for hundreds of requests."""
    delay = 0 if case.operation.path.endswith(("/wait", "/stream")) else 1
    for body in case.body if isinstance(case.body, list) else [case.body]:
        if isinstance(body, dict) and is_delay(body.get("after_seconds")):
            body["after_seconds"] = delay
