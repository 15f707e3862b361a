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
    Command("today", "what today asks for, and what is done", "groups.views:today", arguments.one_day),
    Command("done", "check off, count, or log how an event turned out", "groups.log:done", arguments.done),
    Command("log", "write an entry down with all it asks", "groups.log_guided:log", arguments.log),
    Command("answer", "answer what stands open, or let it go", "groups.log_guided:answer", arguments.answer),
    Command("undone", "take back what was logged on a day", "groups.log:undone", arguments.undone),
    Command("skip", "ask for nothing on a day; streaks go on", "groups.log:skip", arguments.skip),
    Command(
        "lapse",
        "something to avoid happened, or was handled, or was put right",
        "groups.log:lapse",
        arguments.lapse,
    ),
    Command("reply", "log replies to messages", "groups.log:reply", arguments.reply),
    Command("time", "log partner time, or start and stop its timer", "groups.log:time", arguments.time),
    Command("plan", "plan time together, move it, cancel it", "groups.time:plan", arguments.planned),
    Command("card", "draw a card for telling and asking", "groups.cards:card", arguments.card),
    Command("share", "log a disclosure made: topic and depth, never its words", "groups.log:share", arguments.share),
    Command("streaks", "streaks, best streaks and consistency", "groups.views:streaks", arguments.nothing),
    Command("show", "one commitment: its numbers and why they are so", "groups.views:show", arguments.show),
    Command("list", "all commitments", "groups.views:list_all", arguments.list),
    Command(
        "review", "look back on a day, a week or a month, alone or together", "groups.review:review", arguments.review
    ),
    Command("add", "take on commitments of the catalogue, or one of your own", "groups.commitments:add", arguments.add),
    Command("edit", "change a commitment; what was before stays as it is", "groups.commitments:edit", arguments.edit),
    Command("pause", "ask for nothing for a while", "groups.commitments:pause", arguments.pause),
    Command("resume", "end a pause, or resume an archived commitment", "groups.commitments:resume", arguments.resume),
    Command("archive", "archive a commitment; its history stays", "groups.commitments:archive", arguments.what),
    Command("delete", "hide a commitment with its history; can be undone", "groups.commitments:delete", arguments.what),
    Command(
        "set",
        "settings: weeks, days, the lock, the theme, discreet or not",
        "groups.commitments:set_setting",
        arguments.set_,
    ),
    Command("undo", "take the last change back", "groups.data:undo", arguments.nothing),
    Command("redo", "do again what was undone", "groups.data:redo", arguments.nothing),
    Command("history", "the changes made, newest first", "groups.views:history", arguments.history),
    Command("purge", "delete something for good, past any undo", "groups.review:purge", arguments.purge),
    Command(
        "export", "print everything as JSON, private words only if asked for", "groups.data:export", arguments.export
    ),
    Command("import", "take an export in; safe to repeat", "groups.data:import_file", arguments.import_),
    Command(
        "backup", "make a backup now, list them, or keep a copy elsewhere", "groups.backup:backup", arguments.backup
    ),
    Command("restore", "bring back what a backup holds; removes nothing", "groups.backup:restore", arguments.restore),
    Command("doctor", "check everything, and report what is wrong", "groups.backup:doctor", arguments.doctor),
    Command(
        "delete-everything",
        "remove all that Toward keeps here, for good",
        "groups.backup:delete_everything",
        arguments.delete_everything,
    ),
    Command("sync", "exchange with your other devices, by way of git or a folder", "groups.sync:sync", arguments.sync),
    Command(
        "incoming",
        "answer what came from other devices and would destroy something",
        "groups.incoming:incoming",
        arguments.incoming,
    ),
    Command("encrypt", "encrypt the whole store with a passphrase", "groups.encrypting:encrypt", arguments.encrypt),
    Command("decrypt", "make plain files of an encrypted store again", "groups.encrypting:decrypt", arguments.decrypt),
    Command(
        "passphrase",
        "change the passphrase or the key, or get in with the recovery key",
        "groups.encrypting:passphrase",
        arguments.passphrase,
    ),
    Command("help", "what there is to type: all of it, or one command in full", "manual:help_", arguments.help_),
    Command("version", "which version this is", "manual:version", arguments.nothing),
    Command("completion", "complete words in bash, zsh or fish", "completion:completion", arguments.completion),
    Command("paths", "where things lie", "groups.data:paths", arguments.nothing),
    Command("demo", "a lived-in year, made up, in a temporary folder", "groups.data:demo", arguments.demo),
    Command("why", "why you do this, in your own words", "groups.views:why", arguments.why),
    Command("about", "who Toward is for, and what progress honestly means", "groups.data:about", arguments.nothing),
    Command(
        "safety", "the safety notice, and the numbers you want to have at hand", "groups.data:safety", arguments.safety
    ),
)
