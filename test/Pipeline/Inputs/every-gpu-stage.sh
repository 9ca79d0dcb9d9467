#!/bin/sh
# Prints every stage of the road of GPUs of several functions in several types.
set -eu
for stage in act derive stabilize approximate distribute nvvm; do
  for source in gelu mish 'sin(x) + log(x)^y' 'clamp(x, lo, 1) * erf(x)' prelu \
                'softmax(x, mask=m > 0, sink=1)' 'logsumexp(x)' \
                'x / sum(x^2, axis=0, keepdims=1)'
  do
    for dtype in f64 f32 bf16; do
      act-run "$source" --target=cuda --stop-after=$stage --dtype=$dtype
    done
  done
done
