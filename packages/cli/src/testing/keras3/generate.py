# Writes small models as Keras 3.8 saves them, with weights, inputs and the outputs that Keras computes.
# Run with keras==3.8.0 and jax: python generate.py
import base64, json, os

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np
from keras import layers as L

rng = np.random.default_rng(0)


def photo():
    x = keras.Input((8, 8, 2), name="image")
    y = L.Conv2D(4, 3, padding="same", strides=2, activation="relu", name="conv")(x)
    y = L.BatchNormalization(name="norm")(y)
    y = L.ReLU(max_value=6.0)(y)
    a = L.DepthwiseConv2D(3, padding="same", name="depth")(y)
    b = L.SeparableConv2D(4, 3, padding="same", activation="silu")(y)
    y = L.Concatenate()([a, b])
    y = L.LeakyReLU(negative_slope=0.1)(y)
    y = L.Conv2DTranspose(2, 3, strides=2, padding="same")(y)
    y = L.Dropout(0.5)(y)
    y = L.GlobalAveragePooling2D()(y)
    y = L.Add()([y, L.Dense(2, activation="tanh")(y)])
    y = L.LayerNormalization()(y)
    return keras.Model(x, [y, L.Softmax()(y)], name="photo")


def text():
    ids = keras.Input((6,), name="ids")
    y = L.Embedding(9, 4, name="words")(ids)
    y = L.Bidirectional(L.LSTM(3, return_sequences=True), name="both")(y)
    y = L.GRU(3, reset_after=False, return_sequences=True)(y)
    y = L.TimeDistributed(L.Dense(2, activation="sigmoid"))(y)
    return keras.Model(ids, L.SimpleRNN(2)(y), name="text")


def states():
    x = keras.Input((5, 3), name="x")
    h, c = keras.Input((4,), name="h"), keras.Input((4,), name="c")
    lstm = L.LSTM(4, return_sequences=True, return_state=True, name="lstm")
    return keras.Model([x, h, c], lstm(x, initial_state=[h, c]), name="states")


def nested():
    inner = [keras.Input((4,)), L.Dense(3, activation="elu"), L.BatchNormalization()]
    body = keras.Sequential(inner, name="body")
    x = keras.Input((4,), name="x")
    head = L.Dense(3, kernel_regularizer="l2", kernel_constraint="non_neg", name="head")
    return keras.Model(x, L.Multiply()([body(x), head(x)]), name="nested")


def stack():
    inner = [keras.Input((8, 8, 1)), L.Rescaling(0.5, offset=-1.0)]
    inner += [L.Conv2D(3, (3, 3), activation="gelu"), L.MaxPooling2D(), L.UpSampling2D()]
    inner += [L.AveragePooling2D((2, 2)), L.ZeroPadding2D(1), L.Cropping2D(1), L.Flatten()]
    inner += [L.PReLU(), L.Dense(3), L.Activation("softmax")]
    return keras.Sequential(inner, name="stack")


def reset():
    x = keras.Input((5, 3), name="x")
    return keras.Model(x, L.GRU(2, name="gru")(x), name="reset")


def attention():
    x = keras.Input((5, 4), name="x")
    return keras.Model(x, L.MultiHeadAttention(2, 2, name="heads")(x, x), name="attention")


def fill(model):
    for weight in model.weights:
        value = rng.standard_normal(weight.shape).astype("float32") * 0.4
        positive = "variance" in weight.path or "gamma" in weight.path
        weight.assign(np.abs(value) + 0.5 if positive else value)


def example(tensor):
    shape = (2, *tensor.shape[1:])
    numbers = rng.integers(0, 9, shape) if tensor.name == "ids" else rng.random(shape)
    return numbers.astype("float32")


def tensor(value):
    array = np.asarray(value)
    return {"dims": list(array.shape), "data": [round(float(each), 6) for each in array.ravel()]}


for make in [photo, text, states, nested, stack, reset, attention]:
    model = make()
    fill(model)
    inputs = [example(each).round(4) for each in model.inputs]
    results = model(inputs if len(inputs) > 1 else inputs[0])
    results = results if isinstance(results, (list, tuple)) else [results]
    data = b"".join(np.asarray(weight.value).astype("float32").tobytes() for weight in model.weights)
    specs = [
        {"name": weight.path, "shape": list(weight.shape), "dtype": "float32"} for weight in model.weights
    ]
    config = {"keras_version": keras.__version__, "backend": "tensorflow"}
    fixture = {
        "model": {
            "format": "layers-model",
            "modelTopology": {**config, "model_config": json.loads(model.to_json())},
            "weightsManifest": [{"paths": ["weights.bin"], "weights": specs}],
        },
        "weights": base64.b64encode(data).decode(),
        "inputs": {each.name: tensor(value) for each, value in zip(model.inputs, inputs)},
        "outputs": [tensor(each) for each in results],
    }
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), model.name + ".json"), "w") as file:
        json.dump(fixture, file, separators=(",", ":"))
        file.write("\n")
