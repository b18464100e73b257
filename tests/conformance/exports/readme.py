#!/usr/bin/env python3
"""Runs the snippets in Python, R and SQL of the README as they stand there, and the commands that fetch what they read, against a
server.

    python3 readme.py http://127.0.0.1:8080

Only the address is that of the server. Python runs with the interpreter that runs this, SQL in DuckDB. R is left out where there is
none, unless CI is set. Exit status: 0; 1 if a snippet fails or prints nothing; 2 for wrong usage.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).resolve().parents[3] / "README.md"
RUN_SQL = "import duckdb, sys; print(duckdb.sql(open(sys.argv[1]).read()))"


def command(language: str, file: str) -> list[str] | None:
    """What runs a snippet of a language; none if it is not there."""
    if language == "sh":
        return ["sh", file]
    if language == "python":
        return [sys.executable, file]
    if language == "sql":
        return [sys.executable, "-c", RUN_SQL, file]
    program = shutil.which("Rscript")
    return [program, "--vanilla", file] if program else None


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    base = sys.argv[1].rstrip("/")
    section = README.read_text(encoding="utf-8").split("\n### Exports\n")[1].split("\n### ")[0]
    snippets = re.findall(r"^```(sh|python|r|sql)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    snippets = [(language, snippet) for language, snippet in snippets if "cargo run" not in snippet]
    if {language for language, _ in snippets} != {"sh", "python", "r", "sql"}:
        print("README.md lacks a snippet", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as directory:
        for language, snippet in snippets:
            file = Path(directory) / f"snippet.{language}"
            file.write_text(snippet.replace("http://127.0.0.1:8080", base), encoding="utf-8")
            runs = command(language, str(file))
            if runs is None:
                if os.environ.get("CI"):
                    print("Rscript is missing", file=sys.stderr)
                    return 1
                print(f"{language}: left out, for Rscript is missing")
                continue
            done = subprocess.run(runs, cwd=directory, capture_output=True, text=True, check=False)
            if done.returncode != 0 or not done.stdout.strip():
                print(f"{snippet}\n{done.stdout}{done.stderr}", file=sys.stderr)
                return 1
            print(f"{language}:\n{done.stdout.rstrip()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
