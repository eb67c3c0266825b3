"""What schemathesis is told of our document beside its configuration."""

import schemathesis

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
