"""The commands, each defined once: its name, what it does, what runs it, and what may follow it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import NamedTuple

from tracker.cli import arguments


class Command(NamedTuple):
    """A command: its name, what it does, the function that does it, and what may follow it."""

    name: str
    help: str
    run: str
    arguments: Callable[[ArgumentParser], object]


COMMANDS = (
    Command("today", "what today asks for, and what is done", "looking:today", arguments.today),
    Command("done", "check off, count, or log how an event turned out", "logging_commands:done", arguments.done),
    Command("log", "write an entry down with all it asks", "guided:log", arguments.log),
    Command("answer", "answer what stands open, or let it go", "guided:answer", arguments.answer),
    Command("undone", "take back what was logged on a day", "logging_commands:undone", arguments.undone),
    Command("skip", "ask for nothing on a day; runs go on", "logging_commands:skip", arguments.skip),
    Command(
        "lapse",
        "something to avoid happened, or was handled, or was put right",
        "logging_commands:lapse",
        arguments.lapse,
    ),
    Command("reply", "log replies to messages", "logging_commands:reply", arguments.reply),
    Command("time", "log partner time, or start and stop its timer", "logging_commands:time", arguments.time),
    Command("plan", "plan time together, move it, cancel it", "planning:plan", arguments.planned),
    Command("card", "draw a card for telling and asking", "cards:card", arguments.card),
    Command(
        "share", "log a disclosure made: topic and depth, never its words", "logging_commands:share", arguments.share
    ),
    Command("streaks", "runs, best runs and consistency", "looking:streaks", arguments.nothing),
    Command("show", "one commitment: its numbers and why they are so", "looking:show", arguments.show),
    Command("list", "all commitments", "looking:list_all", arguments.list),
    Command("review", "look back on a day, a week or a month, alone or together", "reviewing:review", arguments.review),
    Command("add", "take on commitments of the catalogue, or one of your own", "shaping:add", arguments.add),
    Command("edit", "change a commitment; what was before stays as it is", "shaping:edit", arguments.edit),
    Command("pause", "ask for nothing for a while", "shaping:pause", arguments.pause),
    Command("resume", "end a pause, or take an archived commitment up again", "shaping:resume", arguments.resume),
    Command("archive", "put a commitment away; its history stays", "shaping:archive", arguments.what),
    Command("delete", "hide a commitment with its history; can be undone", "shaping:delete", arguments.what),
    Command(
        "set", "settings: weeks, days, the lock, the theme, discreet or not", "shaping:set_setting", arguments.set_
    ),
    Command("undo", "take the last change back", "carrying:undo", arguments.nothing),
    Command("redo", "do again what was undone", "carrying:redo", arguments.nothing),
    Command("history", "the changes made, newest first", "looking:history", arguments.history),
    Command("purge", "forget something for good, past any undo", "reviewing:purge", arguments.purge),
    Command("export", "print everything as JSON, private words only if asked for", "carrying:export", arguments.export),
    Command("import", "take an export in; safe to repeat", "carrying:import_file", arguments.import_),
    Command("backup", "make a backup now, list them, or keep a copy elsewhere", "keeping:backup", arguments.backup),
    Command("restore", "take back in what a backup holds; removes nothing", "keeping:restore", arguments.restore),
    Command("doctor", "look at everything, and say what is wrong", "keeping:doctor", arguments.doctor),
    Command(
        "delete-everything",
        "remove all that Toward keeps here, for good",
        "keeping:delete_everything",
        arguments.delete_everything,
    ),
    Command("sync", "exchange with your other devices, by way of git or a folder", "syncing:sync", arguments.sync),
    Command(
        "incoming",
        "answer what came from other devices and would destroy something",
        "incoming:incoming",
        arguments.incoming,
    ),
    Command("encrypt", "encrypt the whole store with a passphrase", "locking:encrypt", arguments.encrypt),
    Command("decrypt", "make plain files of an encrypted store again", "locking:decrypt", arguments.decrypt),
    Command(
        "passphrase",
        "change the passphrase or the key, or get in with the recovery key",
        "locking:passphrase",
        arguments.passphrase,
    ),
    Command("help", "what there is to type: all of it, or one command in full", "manual:help_", arguments.help_),
    Command("version", "which version this is", "manual:version", arguments.nothing),
    Command("completion", "complete words in bash, zsh or fish", "completion:completion", arguments.completion),
    Command("paths", "where things lie", "carrying:paths", arguments.nothing),
    Command("demo", "a lived-in year, made up, in a throw-away folder", "carrying:demo", arguments.demo),
    Command("why", "why you do this, in your own words", "looking:why", arguments.why),
    Command("about", "who Toward is for, and what progress honestly means", "carrying:about", arguments.nothing),
    Command(
        "safety", "the safety notice, and the numbers you want to have at hand", "carrying:safety", arguments.safety
    ),
)
