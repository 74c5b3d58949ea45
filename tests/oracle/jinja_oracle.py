"""The real Jinja2, set up as dbt sets it up: what our engine is compared with.

render() takes one template and says what Jinja2 makes of it: a text, a native value or an error
with the template line it stands on. Nothing in here interprets templates by itself.
"""

import dataclasses
import datetime
import decimal
import itertools
import re
import sys
from ast import literal_eval

from jinja2 import DictLoader, TemplateSyntaxError
from jinja2.nativetypes import NativeEnvironment, NativeTemplate
from jinja2.sandbox import SandboxedEnvironment

EXTENSIONS = ["jinja2.ext.do", "jinja2.ext.loopcontrols"]
MODES = ("text", "native", "config")

# A marker left where CPython would print where an object happens to lie in memory.
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")

# Jinja2 compiles a filter it does not know into a function of such a name that raises. It stands
# on no line of the template; its caller does.
UNKNOWN_FILTER = re.compile(r"t_\d+")


class TextEnvironment(SandboxedEnvironment):
    """Renders to text. Exceptions keep their raw traceback, from which the line is read."""

    def handle_exception(self, source=None):
        raise sys.exc_info()[1]


class NativeSandbox(TextEnvironment, NativeEnvironment):
    """Jinja2's own native rendering: one expression keeps its type, text is read as a literal."""


class ConfigTemplate(NativeTemplate):
    def render(self, *args, **kwargs):
        context = self.new_context(dict(*args, **kwargs))
        return config_concat(self.root_render_func(context))


class NativeMarker(str):
    """Text that as_native, as_bool or as_number asked to be read as a literal."""

    wanted = None


class BoolMarker(NativeMarker):
    wanted = "bool"


class NumberMarker(NativeMarker):
    wanted = "number"


class TextMarker(str):
    """Text that as_text asked to stay text."""


def config_concat(nodes):
    """dbt's variant of native rendering: only what a filter marks is read as a literal."""
    head = list(itertools.islice(nodes, 2))
    if not head:
        return ""
    if len(head) > 1:
        return "".join(str(v) for v in itertools.chain(head, nodes))
    raw = head[0]
    if isinstance(raw, TextMarker):
        return str(raw)
    if not isinstance(raw, NativeMarker):
        return raw
    try:
        value = literal_eval(str(raw))
    except (ValueError, SyntaxError, MemoryError):
        value = str(raw)
    is_bool = isinstance(value, bool)
    is_number = isinstance(value, (int, float)) and not is_bool
    if (raw.wanted == "bool" and not is_bool) or (raw.wanted == "number" and not is_number):
        raise ValueError(f"Could not convert value '{raw!s}' into type '{raw.wanted}'")
    return value


class ConfigEnvironment(TextEnvironment, NativeEnvironment):
    template_class = ConfigTemplate


ENVIRONMENTS = {"text": TextEnvironment, "native": NativeSandbox, "config": ConfigEnvironment}


def identity(value):
    return value


def make_environment(mode, files=None):
    env = ENVIRONMENTS[mode](
        extensions=EXTENSIONS, loader=DictLoader(files) if files is not None else None
    )
    if mode == "config":
        env.filters["as_text"] = lambda v: TextMarker(v if v is not None else "")
        env.filters["as_native"] = NativeMarker
        env.filters["as_bool"] = BoolMarker
        env.filters["as_number"] = NumberMarker
    else:
        env.filters.update(dict.fromkeys(["as_text", "as_native", "as_bool", "as_number"], identity))
    env.filters["is_list"] = lambda v: isinstance(v, list)
    return env


def context_value(value):
    """A value out of a JSON context; an object with one key that begins with $ is a tagged one."""
    if isinstance(value, list):
        return [context_value(v) for v in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        tag, inner = next(iter(value.items()))
        if tag in TAGS:
            return TAGS[tag](inner)
    return {k: context_value(v) for k, v in value.items()}


TAGS = {
    "$tuple": lambda v: tuple(context_value(v)),
    "$set": lambda v: set(context_value(v)),
    "$dict": lambda v: {context_value(k): context_value(w) for k, w in v},
    "$float": float,
    "$decimal": decimal.Decimal,
    "$date": datetime.date.fromisoformat,
    "$time": datetime.time.fromisoformat,
    "$datetime": datetime.datetime.fromisoformat,
    "$timedelta": lambda v: datetime.timedelta(seconds=v),
}


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a template came to: `kind` is output, value or error, the rest as the kind needs it."""

    kind: str
    text: str = ""  # output: the text; value: its repr; error: the message
    type: str = ""  # value: the name of its type; error: the name of the exception
    line: int = 0  # error: line in the template that failed, 0 when no template is involved
    template: str = ""  # error: name of that template, empty for the main one

    def as_json(self):
        if self.kind == "output":
            return {"output": self.text}
        if self.kind == "value":
            return {"value": self.text, "type": self.type}
        found = {"error": self.type, "line": self.line, "message": self.text}
        return {**found, "template": self.template} if self.template else found


def place_of(error):
    """Line and name of the innermost template the error passed through."""
    if isinstance(error, TemplateSyntaxError):
        return error.lineno, error.name or ""
    line, name = 0, ""
    tb = error.__traceback__
    while tb is not None:
        template = tb.tb_frame.f_globals.get("__jinja_template__")
        if template is not None and not UNKNOWN_FILTER.fullmatch(tb.tb_frame.f_code.co_name):
            line = template.get_corresponding_lineno(tb.tb_lineno)
            name = template.name or ""
        tb = tb.tb_next
    return line, name


def message_of(error):
    if isinstance(error, TemplateSyntaxError):
        text = error.message
    elif isinstance(error, SyntaxError):  # of the Python code Jinja2 made, whose lines are not ours
        text = error.msg
    else:
        text = str(error)
    return ADDRESS.sub(" at 0x?", (text or "").replace("\n", "\\n"))


def render(template, context=None, mode="text", files=None):
    """Renders `template` with a context in the tagged JSON form; never raises."""
    env = make_environment(mode, files)
    try:
        result = env.from_string(template).render(context_value(context or {}))
        if mode == "text":
            return Outcome("output", ADDRESS.sub(" at 0x?", result))
        return Outcome("value", ADDRESS.sub(" at 0x?", repr(result)), type(result).__name__)
    except Exception as error:  # whatever it is, it is the answer
        line, name = place_of(error)
        return Outcome("error", message_of(error), type(error).__name__, line, name)
