import time, asyncio, traceback
import pytest
from tests.tui.driver import *
from textual.widgets import Input, Select, OptionList

async def attempt(name, coro):
    try:
        r = await coro
        print("##", name, "OK", r if r is not None else "")
    except BaseException as e:
        print("##", name, "FAULT", type(e).__name__, str(e)[:300].replace("\n"," "))

async def edit_focus(here):
    async with drive(here, (80,24)) as d:
        await d.press("e"); print(type(d.app.focused), d.app.focused.id); print(d.frame())
async def target_minus(here):
    async with drive(here, (80,24)) as d:
        await d.press("e")
        i=d.screen.query_one("#target", Input); i.focus(); i.value=""
        await d.type("-"); await d.press("ctrl+s"); return d.said
async def target_under(here):
    async with drive(here, (80,24)) as d:
        await d.press("e")
        i=d.screen.query_one("#target", Input); i.focus(); i.value=""
        await d.type("1_"); await d.type("9"*5000); return d.said
async def sup2(here):
    async with drive(here, (80,24)) as d:
        await d.press("o"); await d.press("²"); return d.name
async def write_twice(here):
    async with drive(here, (80,24)) as d:
        await d.press("n"); await d.type("hi"); d.send("ctrl+s","ctrl+s"); await d.settle(); return d.name, d.said
async def edit_twice(here):
    async with drive(here, (80,24)) as d:
        await d.press("enter"); await d.press("e"); 
        i=d.screen.query_one("#title", Input); i.value="Zzz"
        d.send("ctrl+s","ctrl+s"); await d.settle(); return d.name, d.said
async def cat_twice(here):
    async with drive(here, (80,24)) as d:
        await d.press("a"); await d.press("space"); d.send("enter","enter"); await d.settle(); return d.name, d.said
async def dash_keys_twice(here):
    async with drive(here, (80,24)) as d:
        d.send("d","d","d"); await d.settle(); a=[type(s).__name__ for s in d.app.screen_stack]
        d.send("enter","enter"); await d.settle(); return a,[type(s).__name__ for s in d.app.screen_stack]
async def back_twice(here):
    async with drive(here, (80,24)) as d:
        await d.press("d"); d.send("escape","escape","q"); await d.settle(); return [type(s).__name__ for s in d.app.screen_stack], d.app._exit
async def act_then_back(here):
    async with drive(here, (80,24)) as d:
        await d.press("enter"); d.send("p","escape"); await d.settle(); return d.name, d.said
async def delete_twice(here):
    async with drive(here, (80,24)) as d:
        await d.press("enter"); d.send("delete","delete"); await d.settle(); return d.name, d.said
async def o_twice(here):
    async with drive(here, (80,24)) as d:
        d.send("o","o"); await d.settle(); return [type(s).__name__ for s in d.app.screen_stack]
async def undo_deleted(here):
    async with drive(here, (80,24)) as d:
        await d.press("a"); await d.press("space"); await d.press("enter"); print(d.said)
        await d.go("s1.belief-map"); await d.press("enter"); await d.press("u"); print(d.said); return d.name, d.frame()
async def palette(here):
    async with drive(here, (80,40)) as d:
        await d.press("ctrl+p"); await d.settle(); print(d.frame()); print([ (str(c.title)) for c in d.app.get_system_commands(d.app.screen_stack[-2])])
async def select_esc(here):
    async with drive(here, (80,24)) as d:
        await d.press("a"); await d.press("n"); d.screen.query_one("#step", Select).focus(); await d.press("enter"); print(d.frame()); await d.press("escape"); return d.name
async def colon_in_choose(here):
    async with drive(here, (80,24)) as d:
        await d.press("o"); await d.press("colon"); return d.name
async def resize(here):
    async with drive(here, (120,40)) as d:
        await d.pilot.resize_terminal(60,18); await d.settle(); print(d.frame())
        await d.press("d"); await d.pilot.resize_terminal(200,60); await d.settle(); print(d.frame())

async def test_a(demo):
    for name in "edit_focus target_minus target_under sup2 write_twice edit_twice cat_twice dash_keys_twice back_twice act_then_back delete_twice o_twice undo_deleted palette select_esc colon_in_choose resize".split():
        await attempt(name, globals()[name](demo))
