"""Writes the graph models of this folder with TensorFlow, and what TensorFlow computes with them.

    python test/control-flow/make.py test/control-flow/models

Needs tensorflow-cpu 2.15 (Python 3.11). Each model becomes a folder: model.json and weights.bin as
TensorFlow.js's converter writes them (frozen, optimised by grappler, constants taken out), and
cases.json with inputs and TensorFlow's own outputs. A model named `..._frames` has control flow of
TensorFlow 1 (Enter, Switch, Merge); the same without the ending has While and If with functions.
"""

import base64
import json
import os
import sys

os.environ['CUDA_VISIBLE_DEVICES'] = '-1'
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '2'

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from google.protobuf import json_format  # noqa: E402
from tensorflow.core.protobuf import config_pb2, meta_graph_pb2  # noqa: E402
from tensorflow.python.framework.convert_to_constants import (  # noqa: E402
    convert_variables_to_constants_v2,
)
from tensorflow.python.grappler import tf_optimizer  # noqa: E402
from tensorflow.python.training.saver import export_meta_graph  # noqa: E402

from models import MODELS  # noqa: E402

PASSES = ['pruning', 'constfold', 'arithmetic', 'dependency']
REMAP = ['remap', 'constfold', 'arithmetic', 'dependency']


def frozen(function, lower):
    concrete = function.get_concrete_function()
    constant = convert_variables_to_constants_v2(concrete, lower_control_flow=lower)
    graph_def = constant.graph.as_graph_def()
    for node in graph_def.node:
        node.attr.pop('_class', None)
    return constant, graph_def


def optimised(constant, graph_def, passes):
    """As tfjs's converter runs grappler: the outputs are a collection of the meta graph."""
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(graph_def, name='')
    meta = export_meta_graph(graph_def=graph.as_graph_def(), graph=graph)
    signature = meta_graph_pb2.SignatureDef()
    for tensor in constant.inputs:
        info = signature.inputs[tensor.name]
        info.name, info.dtype = tensor.name, tensor.dtype.as_datatype_enum
    for tensor in constant.outputs:
        info = signature.outputs[tensor.name]
        info.name, info.dtype = tensor.name, tensor.dtype.as_datatype_enum
    meta.signature_def['not_used_key'].CopyFrom(signature)
    config = config_pb2.ConfigProto()
    rewrite = config.graph_options.rewrite_options
    rewrite.optimizers[:] = passes
    rewrite.min_graph_nodes = -1
    return tf_optimizer.OptimizeGraph(config, meta)


def taken_constants(graph_def):
    """Takes the values out of the Const nodes, those of functions included: names, arrays."""
    found = []

    def take(node, name):
        value = tf.make_ndarray(node.attr['value'].tensor)
        del node.attr['value']
        node.name = name
        found.append((name, value))

    for node in graph_def.node:
        if node.op == 'Const':
            take(node, node.name)
    for function in graph_def.library.function:
        renamed = {}
        for node in function.node_def:
            if node.op == 'Const':
                name = f'{function.signature.name}/{node.name}'
                renamed[node.name] = name
                take(node, name)
        for node in function.node_def:
            for i, given in enumerate(node.input):
                control = given.startswith('^')
                plain, *rest = given.lstrip('^').split(':')
                if plain in renamed:
                    node.input[i] = ('^' if control else '') + ':'.join([renamed[plain], *rest])
        for key, given in list(function.ret.items()):
            plain, *rest = given.split(':')
            if plain in renamed:
                function.ret[key] = ':'.join([renamed[plain], *rest])
    return found


KINDS = {'float32': 'float32', 'int32': 'int32', 'int64': 'int32', 'bool': 'bool'}


def array(value):
    kind = KINDS[str(value.dtype)]
    return kind, np.ascontiguousarray(value, dtype='uint8' if kind == 'bool' else kind)


def tensor_info(tensor):
    known = tensor.shape.rank is not None
    sizes = tensor.shape.as_list() if known else []
    dims = [{'size': str(-1 if size is None else size)} for size in sizes]
    return {
        'name': tensor.name,
        'dtype': 'DT_' + tensor.dtype.name.upper().replace('FLOAT32', 'FLOAT'),
        'tensorShape': {'dim': dims} if known else {'unknownRank': True},
    }


def saved(folder, name, function, cases, lower):
    constant, graph_def = frozen(function, lower)
    graph_def = optimised(constant, graph_def, PASSES + PASSES)
    graph_def = optimised(constant, graph_def, REMAP)
    for node in graph_def.node:
        node.ClearField('device')
        for key in [key for key in node.attr if key.startswith('_') and key != '_output_shapes']:
            del node.attr[key]
        node.attr.pop('_output_shapes', None)
    for each in graph_def.library.function:
        each.ClearField('attr')
        each.ClearField('arg_attr')
        each.ClearField('resource_arg_unique_id')
        for node in each.node_def:
            node.ClearField('device')
            node.ClearField('experimental_debug_info')
            for key in [key for key in node.attr if key.startswith('_')]:
                del node.attr[key]
    for node in graph_def.node:
        node.ClearField('experimental_debug_info')
    weights = taken_constants(graph_def)
    specs, data = [], b''
    for key, value in weights:
        if value.dtype == object:
            continue
        kind, values = array(value)
        specs.append({'name': key, 'shape': list(value.shape), 'dtype': kind})
        data += values.tobytes()
    names = list(inspect_names(function))
    results = list(function.output_names)
    model = {
        'format': 'graph-model',
        'modelTopology': json.loads(json_format.MessageToJson(graph_def, indent=0)),
        'signature': {
            'inputs': {n: tensor_info(t) for n, t in zip(names, constant.inputs)},
            'outputs': {n: tensor_info(t) for n, t in zip(results, constant.outputs)},
        },
        'weightsManifest': [{'paths': ['weights.bin'], 'weights': specs}],
    }
    place = os.path.join(folder, name)
    os.makedirs(place, exist_ok=True)
    with open(os.path.join(place, 'model.json'), 'w') as file:
        json.dump(model, file, separators=(',', ':'))
    with open(os.path.join(place, 'weights.bin'), 'wb') as file:
        file.write(data)
    with open(os.path.join(place, 'cases.json'), 'w') as file:
        file.write('[\n' + ',\n'.join(case_of(function, constant, c, results) for c in cases) + '\n]\n')


def inspect_names(function):
    return [spec.name for spec in function.input_signature]


def case_of(function, constant, inputs, results):
    fed = [tf.constant(value) for value in inputs]
    given = constant(*fed)
    outputs = given if isinstance(given, (list, tuple)) else [given]
    record = {
        'inputs': [written(t.numpy()) for t in fed],
        'outputs': {n: written(t.numpy()) for n, t in zip(results, outputs)},
    }
    return json.dumps(record, separators=(',', ':'))


def written(value):
    kind, values = array(value)
    flat = values.reshape(-1).tolist()
    if kind == 'float32':
        flat = [float(f'{x:.9g}') for x in flat]
    return {'dtype': kind, 'shape': list(value.shape), 'values': flat}


def main(folder, *only):
    for name, (build, cases) in MODELS.items():
        for lower in (False, True):
            full = f'{name}_frames' if lower else name
            if only and full not in only and name not in only:
                continue
            function = build()
            function.output_names = ['y'] if not hasattr(function, 'names') else function.names
            saved(folder, full, function, cases, lower)
            print(full, os.path.getsize(os.path.join(folder, full, 'model.json')))


if __name__ == '__main__':
    main(*sys.argv[1:])
