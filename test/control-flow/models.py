"""The models: each a function that builds a tf.function, and the inputs to run it with."""

import numpy as np
import tensorflow as tf

F = tf.float32
I = tf.int32


def spec(name, shape, dtype=F):
    return tf.TensorSpec(shape, dtype, name=name)


def function(*signature, names=None):
    def wrapped(call):
        made = tf.function(call, input_signature=list(signature), autograph=False)
        if names:
            made.names = names
        return made

    return wrapped


def waves(*shape, seed=0, scale=1.0):
    count = int(np.prod(shape))
    values = np.sin((np.arange(count) + 1) * 12.9898 + (seed + 1) * 78.233) * 43758.5453
    return ((2 * (values - np.floor(values)) - 1) * scale).astype('float32').reshape(shape)


def counter():
    @function(spec('x', [None, 3]), spec('steps', [], I))
    def call(x, steps):
        body = lambda i, v: (i + 1, v * 0.5 + 1.0)
        return tf.while_loop(lambda i, v: i < steps, body, [0, x])[1]

    return call


def fixed():
    @function(spec('x', [None, 3]))
    def call(x):
        w = tf.constant(waves(3, 3))
        body = lambda i, v: (i + 1, tf.tanh(tf.matmul(v, w)))
        return tf.while_loop(lambda i, v: i < 5, body, [0, x])[1]

    return call


def newton():
    """The square root of each sum, until nothing changes: the end depends on the values."""

    @function(spec('x', [None]), names=['root', 'steps'])
    def call(x):
        going = lambda i, r, change: tf.logical_and(change > 1e-5, i < 50)

        def body(i, r, _):
            better = 0.5 * (r + x / r)
            return i + 1, better, tf.reduce_max(tf.abs(better - r))

        count, root, _ = tf.while_loop(going, body, [0, x + 1.0, tf.constant(1.0)])
        return root, count

    return call


def collatz():
    @function(spec('n', [], I), names=['steps', 'largest'])
    def call(n):
        def body(n, steps, most):
            odd = tf.equal(n % 2, 1)
            after = tf.cond(odd, lambda: 3 * n + 1, lambda: n // 2)
            return after, steps + 1, tf.maximum(most, after)

        _, steps, most = tf.while_loop(lambda n, s, m: n > 1, body, [n, 0, n])
        return steps, most

    return call


def nested():
    @function(spec('x', [None, 2]), spec('outer', [], I))
    def call(x, outer):
        def body(i, v):
            inner = lambda j, u: (j + 1, u + x * tf.cast(j + i, F))
            v = tf.while_loop(lambda j, u: j <= i, inner, [0, v])[1]
            return i + 1, v * 0.9

        return tf.while_loop(lambda i, v: i < outer, body, [0, x])[1]

    return call


def branches():
    @function(spec('x', [None, 3]))
    def call(x):
        w = tf.constant(waves(3, 3, seed=4))
        return tf.cond(
            tf.reduce_sum(x) > 0.0,
            lambda: tf.matmul(x, w),
            lambda: tf.nn.relu(-x) + 2.0,
        )

    return call


def cases_in_cases():
    @function(spec('x', [None, 2]), spec('deep', [], tf.bool), names=['y', 'which'])
    def call(x, deep):
        def yes():
            return tf.cond(
                tf.reduce_max(x) > 0.5,
                lambda: (x * 2.0, tf.constant(1)),
                lambda: (x - 1.0, tf.constant(2)),
            )

        y, which = tf.cond(deep, yes, lambda: (tf.zeros_like(x), tf.constant(3)))
        return y + 0.25, which

    return call


def recurrent(layer):
    def build():
        tf.keras.utils.set_random_seed(1)
        model = tf.keras.Sequential([tf.keras.Input([None, 3]), layer(), tf.keras.layers.Dense(2)])
        return function(spec('x', [None, None, 3]))(lambda x: model(x))

    return build


def stateful_outputs():
    tf.keras.utils.set_random_seed(2)
    lstm = tf.keras.layers.LSTM(3, return_sequences=True, return_state=True)
    lstm(tf.zeros([1, 4, 2]))

    @function(spec('x', [None, 4, 2]), names=['sequence', 'hidden', 'cell'])
    def call(x):
        return tuple(lstm(x))

    return call


def dynamic_lengths():
    """As dynamic_rnn: what is past a sequence's length keeps its state and gives zeros."""

    @function(spec('x', [None, None, 2]), spec('lengths', [None], I), names=['outputs', 'state'])
    def call(x, lengths):
        w = tf.constant(waves(5, 3, seed=3))
        xs = tf.transpose(x, [1, 0, 2])
        steps, batch = tf.shape(xs)[0], tf.shape(xs)[1]
        reads = tf.TensorArray(F, steps).unstack(xs)
        writes = tf.TensorArray(F, steps, element_shape=[None, 3])

        def body(t, state, writes):
            after = tf.tanh(tf.matmul(tf.concat([reads.read(t), state], 1), w))
            alive = (t < lengths)[:, None]
            given = tf.where(alive, after, tf.zeros_like(after))
            return t + 1, tf.where(alive, after, state), writes.write(t, given)

        start = [0, tf.zeros([batch, 3]), writes]
        _, state, writes = tf.while_loop(lambda t, s, w: t < steps, body, start)
        return tf.transpose(writes.stack(), [1, 0, 2]), state

    return call


def mapped():
    """As SSD's preprocessing: each image of a batch is resized and normalised by itself."""

    @function(spec('images', [None, None, None, 3]))
    def call(images):
        def one(image):
            small = tf.image.resize(image[None], [4, 4], method='bilinear')[0]
            return (2.0 / 255.0) * small - 1.0

        return tf.map_fn(one, images)

    return call


def scanned():
    @function(spec('x', [None, 3]))
    def call(x):
        return tf.scan(lambda total, row: 0.5 * total + row, x, initializer=tf.zeros([3]))

    return call


def greedy():
    """Greedy suppression in a loop: decoded boxes, the best one, then what overlaps it goes."""

    @function(spec('raw', [12, 4]), spec('scores', [12]), names=['boxes', 'kept', 'count'])
    def call(raw, scores):
        anchors = tf.constant(np.stack(np.meshgrid([0.2, 0.5, 0.8], [0.2, 0.4, 0.6, 0.8]), -1))
        anchors = tf.cast(tf.reshape(anchors, [12, 2]), F)
        centre = anchors + 0.1 * raw[:, :2]
        size = 0.3 * tf.exp(0.2 * raw[:, 2:])
        boxes = tf.concat([centre - size / 2, centre + size / 2], 1)
        area = tf.reduce_prod(boxes[:, 2:] - boxes[:, :2], 1)

        def body(count, left, kept):
            best = tf.argmax(left, output_type=I)
            box = tf.gather(boxes, best)
            low, high = tf.maximum(boxes[:, :2], box[:2]), tf.minimum(boxes[:, 2:], box[2:])
            both = tf.reduce_prod(tf.maximum(high - low, 0.0), 1)
            overlap = both / (area + tf.gather(area, best) - both)
            kept = tf.tensor_scatter_nd_update(kept, [[count]], [best])
            return count + 1, tf.where(overlap > 0.3, -1.0, left), kept

        going = lambda count, left, kept: tf.logical_and(count < 5, tf.reduce_max(left) > 0.1)
        count, _, kept = tf.while_loop(going, body, [0, scores, tf.fill([5], -1)])
        return boxes, kept, count

    return call


def suppressed():
    @function(spec('boxes', [None, 4]), spec('scores', [None]), names=['picked', 'best'])
    def call(boxes, scores):
        chosen = tf.image.non_max_suppression(boxes, scores, 5, 0.4, 0.2)
        return tf.gather(boxes, chosen), tf.gather(scores, chosen)

    return call


def pushed():
    """A list that grows with each step, whose number depends on a value."""

    @function(spec('x', [2]), spec('steps', [], I))
    def call(x, steps):
        grown = tf.TensorArray(F, 0, dynamic_size=True, element_shape=[2])

        def body(i, v, grown):
            v = v * 0.5 + 1.0
            return i + 1, v, grown.write(i, v)

        return tf.while_loop(lambda i, v, g: i < steps, body, [0, x, grown])[2].stack()

    return call


def early():
    """A list of fixed length that a loop fills, reading what it wrote a step before."""

    @function(spec('x', [None, 2]))
    def call(x):
        rows = tf.TensorArray(F, 6, element_shape=[None, 2], clear_after_read=False)
        rows = rows.write(0, x)

        def body(i, rows):
            return i + 1, rows.write(i, tf.sin(rows.read(i - 1)) + tf.cast(i, F))

        return tf.while_loop(lambda i, r: i < 6, body, [1, rows])[1].stack()

    return call


def growing():
    """A carried value that gets longer with each step."""

    @function(spec('x', [None, 2]), spec('steps', [], I))
    def call(x, steps):
        def body(i, rows):
            return i + 1, tf.concat([rows, rows[-1:] * 0.5], 0)

        shapes = [tf.TensorShape([]), tf.TensorShape([None, 2])]
        return tf.while_loop(lambda i, r: i < steps, body, [0, x], shape_invariants=shapes)[1]

    return call


def each_image():
    """A detector's end: for each image its own suppression, padded to one number of boxes."""

    @function(spec('boxes', [None, 10, 4]), spec('scores', [None, 10]))
    def call(boxes, scores):
        def one(pair):
            chosen = tf.image.non_max_suppression(pair[0], pair[1], 4, 0.4, 0.2)
            picked = tf.gather(pair[0], chosen)
            return tf.pad(picked, [[0, 4 - tf.shape(chosen)[0]], [0, 0]])

        return tf.map_fn(one, (boxes, scores), fn_output_signature=tf.TensorSpec([4, 4], F))

    return call


def boxes_of(*shape, seed):
    low = np.abs(waves(*shape, 2, seed=seed)) * 0.6
    return np.concatenate([low, low + 0.3 + 0.1 * waves(*shape, 2, seed=seed + 1)], -1)


def int32(*values):
    return np.array(values[0] if len(values) == 1 else values, dtype='int32')


RNN = tf.keras.layers

MODELS = {
    'counter': (counter, [(waves(2, 3), int32(4)), (waves(5, 3, seed=1), int32(1)), (waves(1, 3), int32(0))]),
    'fixed': (fixed, [(waves(2, 3),), (waves(3, 3, seed=2),)]),
    'newton': (newton, [(np.array([4, 9, 2], 'float32'),), (np.array([1e4], 'float32'),)]),
    'collatz': (collatz, [(int32(6),), (int32(27),), (int32(1),)]),
    'nested': (nested, [(waves(2, 2), int32(3)), (waves(4, 2, seed=5), int32(5)), (waves(1, 2), int32(0))]),
    'branches': (branches, [(np.abs(waves(2, 3)),), (-np.abs(waves(4, 3)),)]),
    'cases_in_cases': (
        cases_in_cases,
        [(waves(2, 2) + 1, np.array(True)), (waves(3, 2) - 1, np.array(True)), (waves(1, 2), np.array(False))],
    ),
    'lstm': (recurrent(lambda: RNN.LSTM(4)), [(waves(2, 5, 3),), (waves(1, 3, 3, seed=2),)]),
    'gru': (recurrent(lambda: RNN.GRU(4, return_sequences=True)), [(waves(2, 5, 3),), (waves(3, 2, 3),)]),
    'backward': (
        recurrent(lambda: RNN.Bidirectional(RNN.LSTM(3, return_sequences=True))),
        [(waves(2, 4, 3),), (waves(1, 6, 3, seed=4),)],
    ),
    'states': (stateful_outputs, [(waves(2, 4, 2),), (waves(3, 4, 2, seed=1),)]),
    'dynamic_lengths': (
        dynamic_lengths,
        [(waves(3, 4, 2), int32(4, 2, 1)), (waves(2, 6, 2, seed=3), int32(3, 6))],
    ),
    'mapped': (mapped, [(255 * np.abs(waves(2, 6, 5, 3)),), (255 * np.abs(waves(3, 9, 8, 3)),)]),
    'scanned': (scanned, [(waves(4, 3),), (waves(7, 3, seed=6),)]),
    'greedy': (
        greedy,
        [(waves(12, 4), np.abs(waves(12, seed=8))), (waves(12, 4, seed=2), np.abs(waves(12, seed=9, scale=0.3)))],
    ),
    'suppressed': (
        suppressed,
        [(boxes_of(8, seed=3), np.abs(waves(8, seed=1))), (boxes_of(20, seed=5), np.abs(waves(20, seed=2)))],
    ),
    'pushed': (pushed, [(waves(2), int32(4)), (waves(2, seed=3), int32(7))]),
    'early': (early, [(waves(2, 2),), (waves(3, 2, seed=1),)]),
    'growing': (growing, [(waves(2, 2), int32(3)), (waves(4, 2, seed=1), int32(1))]),
    'each_image': (
        each_image,
        [
            (boxes_of(2, 10, seed=3), np.abs(waves(2, 10, seed=1))),
            (boxes_of(3, 10, seed=7), np.abs(waves(3, 10, seed=4))),
        ],
    ),
}
