"""Runs vdirsyncer and khal, one command for each line of its input: both load their libraries once, and not for every command."""

import json
import sys

import click
from click.testing import CliRunner
from khal.cli import main_khal
from vdirsyncer.cli import app

PROGRAMMES = {"khal": main_khal, "vdirsyncer": app}

for line in sys.stdin:
    name, *words = json.loads(line)
    done = CliRunner().invoke(PROGRAMMES[name], words)
    click.echo(json.dumps([done.exit_code, done.output]))
