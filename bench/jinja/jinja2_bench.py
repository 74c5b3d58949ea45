#!/usr/bin/env python3
"""Times one of the templates beside this file in the real Jinja2 and prints one JSON object.

    jinja2_bench.py loop_index.jinja --n 20000 --best 5
    {"template": "loop_index", "n": 20000, "seconds": 0.0104, "bytes": 340021, "sha256": "..."}

The template is compiled once; `seconds` is the shortest of `--best` renders. The only variable of
each template is `n`, the number of innermost turns, a multiple of 1000 up to 100,000,000. Length
and digest of the text (UTF-8) let another engine prove that it did the same work.
"""

import argparse
import hashlib
import json
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "tests" / "oracle"))

import jinja_oracle  # noqa: E402


def best_of(runs, render, n):
    """The shortest time of `runs` renders, and the text."""
    shortest, text = float("inf"), ""
    for _ in range(runs):
        start = time.perf_counter()
        text = render(n=n)
        shortest = min(shortest, time.perf_counter() - start)
    return shortest, text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("template", help="file name, with or without .jinja")
    parser.add_argument("--n", type=int, default=20000, help="innermost turns (20000)")
    parser.add_argument("--best", type=int, default=5, help="renders to choose the best of (5)")
    options = parser.parse_args()
    path = HERE / f"{pathlib.Path(options.template).stem}.jinja"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in HERE.glob("*.jinja")))
        parser.error(f"no template '{options.template}'; there are {known}")

    template = jinja_oracle.make_environment("text").from_string(path.read_text(encoding="utf-8"))
    seconds, text = best_of(max(1, options.best), template.render, options.n)
    data = text.encode()
    result = {
        "template": path.stem,
        "n": options.n,
        "seconds": round(seconds, 6),
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
