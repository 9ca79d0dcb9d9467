//===- RowSums.cpp - Results of rows that are summed over rows ------------===//

#include "RowSums.h"
#include "Parallel.h"
#include "ReducedResults.h"

using namespace act;

RowSums::RowSums(const KernelSignature &signature,
                 const std::vector<int64_t> &shape, int64_t axis,
                 const std::vector<std::vector<int64_t>> &given)
    : strides(given) {
  for (size_t k = signature.numInputs; k < given.size(); ++k) {
    if (!signature.reducedType(k))
      continue;
    Sum sum;
    sum.operand = k;
    sum.signature.operands = {signature.operands[k]};
    sum.signature.reducedTypes = {signature.reducedType(k)};
    sum.signature.flushes = signature.flushes;
    sum.strides = given[k];
    std::vector<int64_t> own = shape;
    if (signature.rows->isUniform[k]) {
      own[axis] = 1;
      sum.strides[axis] = 0;
    }
    int64_t size = 1;
    for (size_t d = own.size(); d-- > 0; size *= own[d])
      strides[k][d] = size;
    sum.space = collapse(sum.signature, own, {{nullptr, sum.strides}});
    sum.terms.reset(new char[size * sizeOf(signature.operands[k]) + 1]);
    sums.push_back(std::move(sum));
  }
}

std::vector<void *> RowSums::withTerms(const std::vector<void *> &data) const {
  std::vector<void *> pointers = data;
  for (const Sum &sum : sums)
    pointers[sum.operand] = sum.terms.get();
  return pointers;
}

void RowSums::finish(const std::vector<void *> &data, unsigned threads) {
  for (Sum &sum : sums) {
    ReducedResults results(sum.signature, sum.space,
                           {{data[sum.operand], sum.strides}});
    int64_t inner = sum.space.inner();
    size_t bytes = sizeOf(sum.signature.operands[0]);
    parallelFor(results.tiles(), threads, [&](int64_t begin, int64_t end) {
      TileSums tiles(results);
      for (int64_t i = begin; i < end; ++i) {
        Tile tile = results.tile(i);
        tiles.begin(tile);
        for (int64_t row = tile.rowBegin; row < tile.rowEnd; ++row) {
          int64_t first = row * inner + tile.columnBegin;
          tiles.add(0, sum.terms.get() + first * int64_t(bytes), first,
                    tile.columnEnd - tile.columnBegin);
        }
        tiles.end();
      }
    });
    results.finish(threads);
  }
}
