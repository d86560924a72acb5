"""Writes the goldens of the chat template interpreter with the reference: jinja2 set up as transformers does.

    python3 -m venv /tmp/jinja && /tmp/jinja/bin/pip install jinja2==3.1.6
    /tmp/jinja/bin/python make_golden.py [templates folder] [output folder]
"""

import json
import sys
from datetime import datetime
from pathlib import Path

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment

HERE = Path(__file__).parent
NOW = datetime(2026, 3, 7, 9, 5, 3, 123456)


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_support"), [], [], body).set_lineno(line)

    def _support(self, caller):
        return caller()


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


class Namespace(jinja2.utils.Namespace):
    def __init__(*args, **kwargs):
        self, args = args[0], args[1:]
        attributes = dict(*args, **kwargs)
        for name in attributes:
            Namespace.check(name)
        jinja2.utils.Namespace.__init__(self, attributes)

    def __setitem__(self, name, value):
        Namespace.check(name)
        jinja2.utils.Namespace.__setitem__(self, name, value)

    @staticmethod
    def check(name):
        if isinstance(name, str) and name.startswith("_"):
            raise jinja2.exceptions.SecurityError(name)


def environment():
    env = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["namespace"] = Namespace
    env.globals["strftime_now"] = lambda format: NOW.strftime(format)
    return env


def render(source, variables):
    try:
        return {"output": environment().from_string(source).render(**json.loads(json.dumps(variables)))}
    except Exception as e:  # the type and the words are Python's: only that it failed counts
        raised = type(e) is jinja2.exceptions.TemplateError
        return {"raised": str(e)} if raised else {"error": f"{type(e).__name__}: {e}"}


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Weather at a place: <b>now</b> & \"soon\" – für alle.",
            "parameters": {
                "type": "object",
                "properties": {
                    "city": {"type": "string", "description": "The city's name"},
                    "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
                    "days": {"type": ["integer", "null"], "minimum": 1, "default": 1},
                    "at": {
                        "type": "array",
                        "items": {"type": "object", "properties": {"lat": {"type": "number"}}},
                        "description": "Places",
                    },
                },
                "required": ["city"],
            },
        },
    },
    {"type": "function", "function": {"name": "stop", "description": "", "parameters": {"type": "object", "properties": {}}}},
]


def user(text):
    return {"role": "user", "content": text}


def assistant(text, **more):
    return {"role": "assistant", "content": text, **more}


def system(text):
    return {"role": "system", "content": text}


def call(arguments, name="get_weather", id="abcdefghi"):
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def tool(text, id="abcdefghi"):
    return {"role": "tool", "content": text, "name": "get_weather", "tool_call_id": id}


ARGUMENTS = {"city": "Zürich \"ZH\" <b>", "days": 2, "deep": {"a": [1, 2.5, None, True], "e": {}}}
CHAT = [system("You are terse."), user("Hi"), assistant("Hello!"), user("And now?")]
CALLED = [user("Weather?"), assistant("", tool_calls=[call(ARGUMENTS)]), tool('{"temp": 21.5}')]
ODD = "  \n\t <|im_end|> 'a' \"b\" <i>&amp;</i> \\n {{ x }} {% if %} 日本語 🙂 é\u0301 \u00a0\u2028 end \n "

CASES = {
    "user": dict(messages=[user("Hi")], add_generation_prompt=True),
    "no prompt": dict(messages=[user("Hi")], add_generation_prompt=False),
    "system": dict(messages=[system("You are terse."), user("Hi")], add_generation_prompt=True),
    "turns": dict(messages=CHAT, add_generation_prompt=True),
    "turns ended": dict(messages=CHAT + [assistant("Now this.")], add_generation_prompt=False),
    "empty": dict(messages=[system(""), user(""), assistant(""), user("")], add_generation_prompt=True),
    "odd text": dict(messages=[system(ODD), user(ODD), assistant(ODD), user(ODD)], add_generation_prompt=True),
    "tools": dict(messages=[user("Weather?")], tools=TOOLS, add_generation_prompt=True),
    "tools and system": dict(messages=CHAT, tools=TOOLS, add_generation_prompt=True),
    "call": dict(messages=CALLED, tools=TOOLS, add_generation_prompt=True),
    "call answered": dict(messages=CALLED + [assistant("21.5"), user("Ok")], tools=TOOLS, add_generation_prompt=True),
    "call with text": dict(
        messages=[system("S"), user("W?"), assistant("Let me see.", tool_calls=[call(ARGUMENTS)]), tool("warm")],
        tools=TOOLS,
        add_generation_prompt=True,
    ),
    "call with string": dict(
        messages=[user("W?"), assistant("", tool_calls=[call('{"city": "Bern"}')]), tool("warm")],
        tools=TOOLS,
        add_generation_prompt=True,
    ),
    "two calls": dict(
        messages=[
            user("W?"),
            assistant("", tool_calls=[call({"city": "A"}, id="aaaaaaaaa"), call({}, "stop", "bbbbbbbbb")]),
            tool("1", "aaaaaaaaa"),
            tool("2", "bbbbbbbbb"),
        ],
        tools=TOOLS,
        add_generation_prompt=True,
    ),
    "call without content": dict(
        messages=[user("W?"), {"role": "assistant", "content": None, "tool_calls": [call({})]}, tool("x")],
        tools=TOOLS,
        add_generation_prompt=True,
    ),
    "thinking on": dict(messages=CHAT, add_generation_prompt=True, enable_thinking=True, thinking=True),
    "thinking off": dict(messages=CHAT, add_generation_prompt=True, enable_thinking=False, thinking=False),
    "thinking in text": dict(
        messages=[user("1+1?"), assistant("<think>\neasy\n</think>\n\n2"), user("2+2?")], add_generation_prompt=True
    ),
    "reasoning": dict(
        messages=[user("1+1?"), assistant("2", reasoning_content="easy\n", thinking="easy\n"), user("2+2?")],
        add_generation_prompt=True,
    ),
    "reasoning and call": dict(
        messages=[
            system("S"),
            user("W?"),
            assistant("", reasoning_content="\nlook it up\n", tool_calls=[call(ARGUMENTS)]),
            tool("warm"),
        ],
        tools=TOOLS,
        add_generation_prompt=True,
    ),
    "parts": dict(
        messages=[user([{"type": "text", "text": "One "}, {"type": "text", "text": "two."}])], add_generation_prompt=True
    ),
    "roles astray": dict(messages=[assistant("I first"), user("a"), user("b")], add_generation_prompt=True),
    "system late": dict(messages=[user("a"), system("b"), user("c")], add_generation_prompt=True),
    "unknown role": dict(messages=[{"role": "critic", "content": "no"}], add_generation_prompt=True),
}
for case in CASES.values():
    case.setdefault("tools", None)
    case.update(documents=None, bos_token="<s>", eos_token="</s>")


def main(templates, out):
    (out / "golden").mkdir(parents=True, exist_ok=True)
    dump(out / "cases.json", CASES)
    for path in sorted(templates.glob("*.jinja")):
        source = path.read_bytes().decode()
        dump(out / "golden" / (path.stem + ".json"), {name: render(source, case) for name, case in CASES.items()})
    import features

    dump(
        out / "features.json",
        [dict(source=s, variables=v, **render(s, v)) for s, v in features.ALL],
    )


def dump(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "templates", Path(sys.argv[2]) if len(sys.argv) > 2 else HERE)
