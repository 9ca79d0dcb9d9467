//===- RowFuzz.cpp - Kernels of rows over arrays of any shape -------------===//

#include "RowFuzz.h"
#include <algorithm>
#include <numeric>

using namespace act;
using namespace act::test;

static int64_t below(Random &random, int64_t end) {
  return std::uniform_int_distribution<int64_t>(0, end - 1)(random);
}

void FuzzRun::chooseShape() {
  int64_t rank = 1 + below(random, 4);
  axis = below(random, rank);
  for (int64_t d = 0; d < rank; ++d)
    shape.push_back(d == axis               ? 0
                    : below(random, 8) == 0 ? below(random, 40)
                                            : 1 + below(random, 5));
  int64_t others = 1;
  for (int64_t d = 0; d < rank; ++d)
    others *= d == axis ? 1 : shape[d];
  // Lengths up to 300, around the unit of 64, and beyond two blocks.
  int64_t kind = below(random, 8);
  shape[axis] = kind == 0 && others < 9 ? 2049 + below(random, 1200)
                : kind <= 2 ? 64 * (1 + below(random, 3)) + below(random, 3) - 1
                            : below(random, 301);
  while (others * shape[axis] > 9000)
    shape[axis] /= 2;
}

FuzzArray FuzzRun::arrayOf(unsigned k) {
  bool isInput = k < kernel.numInputs();
  std::vector<int64_t> order(shape.size());
  std::iota(order.begin(), order.end(), 0);
  if (below(random, 2))
    std::shuffle(order.begin(), order.end(), random);
  FuzzArray array;
  array.strides.resize(shape.size());
  array.offset = below(random, 9);
  int64_t step = below(random, 4) == 0 ? 1 + below(random, 3) : 1;
  for (size_t d : llvm::reverse(order)) {
    bool isOne = int64_t(d) == axis ? kernel.isUniform(k)
                                    : isInput && below(random, 5) == 0;
    array.strides[d] = isOne ? 0 : step;
    if (!isOne)
      step *= std::max<int64_t>(1, shape[d]) + (below(random, 6) == 0);
  }
  size_t size = array.offset + step + 16;
  Row values(size);
  std::normal_distribution<double> normal(0, 3);
  for (double &x : values)
    x = normal(random);
  array.bytes = packed(values, type());
  return array;
}

template <class Visit> void FuzzRun::forRows(Visit visit) {
  int64_t rows = 1;
  for (size_t d = 0; d < shape.size(); ++d)
    rows *= int64_t(d) == axis ? 1 : shape[d];
  for (int64_t row = 0; row < rows; ++row) {
    std::vector<int64_t> places;
    for (const FuzzArray &array : arrays) {
      int64_t rest = row, place = array.offset;
      for (size_t d = shape.size(); d-- > 0;)
        if (int64_t(d) != axis) {
          place += rest % shape[d] * array.strides[d];
          rest /= shape[d];
        }
      places.push_back(place);
    }
    visit(places);
  }
}

void FuzzRun::compare() {
  unsigned inputs = kernel.numInputs();
  // Bytes between the elements must stay as they were.
  std::vector<std::vector<bool>> written(arrays.size());
  for (size_t k = 0; k < arrays.size(); ++k)
    written[k].resize(arrays[k].bytes.size() / sizeOf(type()));
  forRows([&](const std::vector<int64_t> &places) {
    std::vector<Row> rows(inputs);
    for (unsigned k = 0; k < inputs; ++k)
      for (int64_t i = 0; i < (kernel.isUniform(k) ? 1 : shape[axis]); ++i)
        rows[k].push_back(
            value(before[k], places[k] + i * arrays[k].strides[axis]));
    judge.evaluate(rows, shape[axis]);
    for (unsigned k = inputs; k < arrays.size(); ++k)
      for (int64_t i = 0; i < (kernel.isUniform(k) ? 1 : shape[axis]); ++i) {
        int64_t place = places[k] + i * arrays[k].strides[axis];
        written[k][place] = true;
        // The last result is the one in place.
        bool isFirst = isInPlace && k + 1 == arrays.size();
        judge.expect(value(arrays[isFirst ? 0 : k], place), k - inputs, i);
      }
  });
  for (size_t k = 0; k < arrays.size(); ++k)
    for (size_t i = 0; i < written[k].size(); ++i) {
      if (written[k][i] || (isInPlace && k == 0))
        continue;
      auto at = i * sizeOf(type());
      ASSERT_TRUE(std::equal(&arrays[k].bytes[at],
                             &arrays[k].bytes[at] + sizeOf(type()),
                             &before[k].bytes[at]))
          << "operand " << k << ", element " << i << " was overwritten";
    }
}

std::string FuzzRun::shapeText() const {
  std::string text = kernel.subject.text() + ", shape";
  for (int64_t dim : shape)
    text += " " + std::to_string(dim);
  text += ", axis " + std::to_string(axis) + (isInPlace ? ", in place" : "");
  for (const FuzzArray &array : arrays) {
    text += ", strides";
    for (int64_t stride : array.strides)
      text += " " + std::to_string(stride);
  }
  return text + ", threads " + std::to_string(threads);
}

void FuzzRun::run() {
  chooseShape();
  unsigned operands = kernel.numInputs() + kernel.numResults();
  for (unsigned k = 0; k < operands; ++k)
    arrays.push_back(arrayOf(k));
  threads = 1 + below(random, 3);
  // Over x where each of its elements belongs to one of the result.
  bool isWhole = true;
  for (size_t d = 0; d < shape.size(); ++d)
    isWhole &= arrays[0].strides[d] != 0;
  isInPlace =
      isWhole && !kernel.isUniform(operands - 1) && below(random, 3) == 0;
  if (isInPlace)
    arrays.back() = arrays[0];
  SCOPED_TRACE(shapeText());
  before = arrays;
  std::vector<RunOperand> run;
  for (FuzzArray &array : arrays)
    run.push_back(
        {array.bytes.data() + array.offset * sizeOf(type()), array.strides});
  if (isInPlace)
    run.back().data = run[0].data;
  runRows(kernel, shape, axis, run, threads);
  compare();
}
