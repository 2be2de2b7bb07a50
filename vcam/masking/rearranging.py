"""Rearranges a model so that it gives the same answer in less time.

The selfie models enlarge a picture and then mix its channels into fewer, in three places.
The enlargement is bilinear: every value is a weighted mean of old ones, per channel.  The
mixing, a convolution over 1x1 pixels without an activation, is linear plus a constant.  So
either may come first with the same result to within rounding; and mixing first, while the
picture is small, leaves less to do for both.
"""

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import Builder


def mixing_first(content: bytes) -> bytes:
    """The model ``content``, a .tflite file, with each such pair in the other order."""
    model = schema.ModelT.InitFromPackedBuf(content)
    (graph,) = model.subgraphs
    codes = [max(c.builtinCode, c.deprecatedBuiltinCode) for c in model.operatorCodes]
    operators = list(graph.operators)
    for enlarge in graph.operators:
        if codes[enlarge.opcodeIndex] != schema.BuiltinOperator.RESIZE_BILINEAR:
            continue
        small, size = enlarge.inputs
        (large,) = enlarge.outputs
        users = [each for each in operators if large in each.inputs]
        if len(users) != 1 or not _mixes(users[0], codes, graph):
            continue
        (mix,) = users
        _, weights, bias = mix.inputs
        (mixed,) = mix.outputs
        between = graph.tensors[large]  # from now on what is mixed and still small
        channels = graph.tensors[mixed].shape[3]
        between.shape = np.append(graph.tensors[small].shape[:3], channels)
        between.shapeSignature = None
        mix.inputs, mix.outputs = [small, weights, bias], [large]
        enlarge.inputs, enlarge.outputs = [large, size], [mixed]
        # What unpacks the weights comes before ``mix``.
        operators.remove(enlarge)
        operators.insert(operators.index(mix) + 1, enlarge)
    graph.operators = operators
    builder = Builder(len(content))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _mixes(operator: schema.OperatorT, codes: list[int], graph: schema.SubGraphT) -> bool:
    """Whether it is a convolution over 1x1 pixels without an activation."""
    if codes[operator.opcodeIndex] != schema.BuiltinOperator.CONV_2D:
        return False
    # The third input is the constant.
    how = operator.builtinOptions
    plain = how.fusedActivationFunction == schema.ActivationFunctionType.NONE
    height, width = graph.tensors[operator.inputs[1]].shape[1:3]
    return plain and (how.strideH, how.strideW, height, width) == (1, 1, 1, 1)
