# expect: fail: wipe
# rules: same
# why: Its text clears the instructor's screen, turns its letters round and closes a tag of the report.
import torch


def relu(x):
    raise RuntimeError("\x1b[2J\x1b]0;title\x07\x00\r\u202ewipe </script><script>alert(1)</script> \ud800")
