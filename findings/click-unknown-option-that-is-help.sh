#!/usr/bin/env bash
# click: with `ignore_unknown_options`, the argument `-1h` shows the help, but `-1d` is an argument.
#
# Versions: click 8.5.1, Python 3.11.
# Expected: a command that takes negative durations as an argument sets `ignore_unknown_options`, so that `-1d`
#   is the argument's value. `-1` is no option, so `-1h` is the argument's value as well.
# Behavior: click reads `-1h` as the short options `-1` and `-h`. It keeps the unknown `-1` and runs `-h`, which
#   prints the help and exits with 0, so a script does not notice that nothing was done.
# Seen: the four lines that this script prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/step.py" <<'PYTHON'
import click
from click.testing import CliRunner


@click.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]}
)
@click.argument("duration")
def step(duration):
    click.echo(f"argument {duration}")


for duration in ("-1d", "-90m", "-1", "-1h"):
    result = CliRunner().invoke(step, [duration])
    print(duration, result.exit_code, result.output.splitlines()[0])
PYTHON
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q click==8.5.1 2> /dev/null
"$folder/venv/bin/python" "$folder/step.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
-1d 0 argument -1d
-90m 0 argument -90m
-1 0 argument -1
-1h 0 Usage: step [OPTIONS] DURATION
SEEN
