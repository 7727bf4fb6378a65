# Measures training in this process, as node/meter.mjs does: the same lines, the same order.
import json
import sys
import time

import numpy as np

KEPT = 200  # losses of so many first steps are kept, as proof of the work


def say(message):
    print(json.dumps(message), flush=True)


def task():
    """What the process was told to do: the JSON file that its only argument names."""
    with open(sys.argv[1]) as file:
        return json.load(file)


def images(own):
    """All images, uint8, channels last: [count, height, width, channels]."""
    image = own["network"]["image"]
    data = np.fromfile(own["data"], dtype=np.uint8)
    shape = (-1, image["channels"], image["height"], image["width"])
    return np.ascontiguousarray(data.reshape(shape).transpose(0, 2, 3, 1))


def layers(own):
    """The initial (kernel, bias) of each layer, in the order in which the network has them."""
    values = np.fromfile(own["parameters"]["file"], dtype=np.float32)
    arrays, offset = [], 0
    for shape in own["parameters"]["shapes"]:
        size = int(np.prod(shape))
        arrays.append(values[offset : offset + size].reshape(shape))
        offset += size
    return list(zip(arrays[::2], arrays[1::2]))


def peak_bytes():
    """The most memory that the process had resident."""
    if sys.platform == "linux":
        # getrusage's figure begins with that of the process that started this one.
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) * 1024
    if sys.platform == "win32":
        return None
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def command():
    """The next command; without one the process sleeps."""
    line = sys.stdin.readline()
    if not line:
        sys.exit(1)
    word, _, number = line.strip().partition(" ")
    return word, float(number or 0)


class Meter:
    """Told after each chunk of steps; `add` returns when there is more to be done."""

    def __init__(self, about, warm_up):
        self.about, self.left = about, warm_up
        self.first, self.measuring, self.losses = True, False, []
        self.images = self.seconds = 0
        self.since = time.perf_counter()

    def add(self, images, losses):
        """Some steps are done. `losses` gives each step's, in nats per image, when it is called."""
        seconds = time.perf_counter() - self.since
        if len(self.losses) < KEPT:
            self.losses.extend(losses())
        if self.first:
            say({"first": True})
            self.first = False
        else:
            self.images += images
            self.seconds += seconds
        if self.seconds >= self.left:
            self.pause()
        self.since = time.perf_counter()

    def pause(self):
        if self.measuring:
            say({"images": self.images, "seconds": self.seconds})
        else:
            say({"ready": True, **self.about})
        word, seconds = command()
        if word != "run":
            say({"peakBytes": peak_bytes(), "losses": self.losses[:KEPT]})
            sys.exit(0)
        self.measuring, self.left = True, seconds
        self.images = self.seconds = 0
