#!/usr/bin/env python3
"""Renders a stream of templates with the real Jinja2, for tests, fuzzers and benchmarks.

Reads one JSON object per line: {"template": text, "context": {}, "mode": "text", "templates": {}};
all but the first are optional. The modes, and the tags of a context, are those of
tests/cases/jinja/README.md. Writes one JSON object per line, in the same order, at once:

    {"output": text}
    {"value": repr, "type": name}                                   in modes native and config
    {"error": kind, "line": n, "message": text, "template": name}   the last only for a loaded one

An "id" is handed back as it came. A line that is not such an object yields {"bad": why}.
"""

import argparse
import json
import signal
import sys

import jinja_oracle


class TooSlow(Exception):
    pass


def on_alarm(_signal, _frame):
    raise TooSlow("gave up after the time limit")


def answer(line):
    try:
        request = json.loads(line)
        template = request["template"]
        mode = request.get("mode", "text")
        if not isinstance(template, str) or mode not in jinja_oracle.MODES:
            raise ValueError("template must be a string and mode one of the known ones")
    except (ValueError, KeyError, TypeError, AttributeError) as why:
        return {"bad": f"{type(why).__name__}: {why}"}
    outcome = jinja_oracle.render(
        template, request.get("context"), mode, request.get("templates")
    )
    reply = outcome.as_json()
    return {"id": request["id"], **reply} if "id" in request else reply


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=0, help="limit per template; 0: none")
    seconds = parser.parse_args().seconds
    signal.signal(signal.SIGALRM, on_alarm)
    for line in sys.stdin:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        reply = answer(line)
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
