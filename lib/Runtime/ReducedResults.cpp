//===- ReducedResults.cpp - Sums over broadcast dimensions ----------------===//

#include "ReducedResults.h"
#include "CompensatedSum.h"
#include "Parallel.h"

using namespace act;

namespace {

/// Elements of a tile: large enough that partial sums are few, small enough
/// that a million elements keep a dozen threads busy.
constexpr int64_t kTileElements = 65536;
/// Columns of a tile where each has an accumulator: 16 KiB of them.
constexpr int64_t kKeptColumns = 1024;
/// Tiles begin at multiples of it, which every vector width divides.
constexpr int64_t kColumnUnit = 64;
/// Accumulators of a row whose terms have one sum. Which one a term goes to
/// depends on its column only, not on how the kernel was fed.
constexpr int64_t kLanes = 8;
/// Columns that are finished together.
constexpr int64_t kFinishColumns = 256;
/// Fewer partial sums than this are not worth starting threads for.
constexpr size_t kMinParallelPartials = 1 << 16;

int64_t ceilDivide(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Adds terms to one accumulator each.
template <class T>
void addToColumns(double *__restrict high, double *__restrict low,
                  const T *__restrict terms, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    addTerm(high[i], low[i], terms[i]);
}

/// Adds terms whose first one stands in column `column` to the lanes.
template <class T>
void addToLanes(double *high, double *low, const T *terms, int64_t column,
                int64_t count) {
  int64_t i = 0;
  auto addOne = [&] {
    int64_t lane = (column + i) % kLanes;
    addTerm(high[lane], low[lane], terms[i]);
  };
  for (; i < count && (column + i) % kLanes != 0; ++i)
    addOne();
  double wideHigh[kLanes], wideLow[kLanes];
  std::copy_n(high, kLanes, wideHigh);
  std::copy_n(low, kLanes, wideLow);
  for (; i + kLanes <= count; i += kLanes)
    for (int64_t lane = 0; lane < kLanes; ++lane)
      addTerm(wideHigh[lane], wideLow[lane], terms[i + lane]);
  std::copy_n(wideHigh, kLanes, high);
  std::copy_n(wideLow, kLanes, low);
  for (; i < count; ++i)
    addOne();
}

} // namespace

ReducedResults::ReducedResults(const KernelSignature &signature,
                               const IterationSpace &space,
                               const std::vector<RunOperand> &operands)
    : space(space), flushes(signature.flushes) {
  bool anyKeepsInner = false;
  for (size_t k = signature.numInputs; k < operands.size(); ++k) {
    if (!signature.reducedType(k))
      continue;
    Sum sum;
    sum.operand = k;
    sum.termType = signature.operands[k];
    sum.type = *signature.reducedType(k);
    sum.data = static_cast<char *>(operands[k].data);
    sum.keepsInner = space.innerStride(k) != 0;
    for (size_t d = 0; d + 1 < space.shape.size(); ++d)
      if (space.strides[k][d] != 0)
        sum.outer = d + 1;
    for (size_t d = 0; d + 1 < space.shape.size(); ++d)
      (d < sum.outer ? sum.stretches : sum.stretchRows) *= space.shape[d];
    anyKeepsInner |= sum.keepsInner;
    sums.push_back(std::move(sum));
  }
  if (space.size == 0)
    return;
  int64_t inner = space.inner();
  columnTiles = ceilDivide(inner, anyKeepsInner ? kKeptColumns : kTileElements);
  tileColumns =
      ceilDivide(ceilDivide(inner, columnTiles), kColumnUnit) * kColumnUnit;
  tileColumns = std::min(tileColumns, inner);
  columnTiles = ceilDivide(inner, tileColumns);
  tileRows = std::min(kTileElements / tileColumns, space.rows());
  rowTiles = ceilDivide(space.rows(), tileRows);
  for (Sum &sum : sums) {
    sum.width = sum.keepsInner ? inner : columnTiles;
    sum.partials.resize((sum.stretches + rowTiles) * 2 * sum.width);
  }
}

Tile ReducedResults::tile(int64_t index) const {
  Tile tile;
  tile.rowTile = index / columnTiles;
  tile.columnTile = index % columnTiles;
  tile.rowBegin = tile.rowTile * tileRows;
  tile.rowEnd = std::min(tile.rowBegin + tileRows, space.rows());
  tile.columnBegin = tile.columnTile * tileColumns;
  tile.columnEnd = std::min(tile.columnBegin + tileColumns, space.inner());
  return tile;
}

ReducedResults::Place ReducedResults::place(const Sum &sum, int64_t index,
                                            bool kept) const {
  Place place{0, 0};
  int64_t weight = 1;
  for (size_t d = sum.outer; d-- > 0; weight *= space.shape[d]) {
    int64_t stride = space.strides[sum.operand][d];
    if ((stride != 0) != kept)
      continue;
    int64_t at = index % space.shape[d];
    index /= space.shape[d];
    place.stretch += at * weight;
    place.offset += at * stride;
  }
  return place;
}

int64_t ReducedResults::countOuter(const Sum &sum, bool kept) const {
  int64_t count = 1;
  for (size_t d = 0; d < sum.outer; ++d)
    if ((space.strides[sum.operand][d] != 0) == kept)
      count *= space.shape[d];
  return count;
}

/// Columns [begin, end) of one output row; the one column 0 where the inner
/// dimension is reduced.
void ReducedResults::finishBlock(Sum &sum, int64_t output, int64_t begin,
                                 int64_t end) {
  double high[kFinishColumns], low[kFinishColumns];
  // A sum without terms is 0, not the neutral element.
  std::fill(high, high + (end - begin), space.size == 0 ? 0 : kEmptySum);
  std::fill(low, low + (end - begin), 0);
  Place target = place(sum, output, /*kept=*/true);
  int64_t repeats = space.size == 0 ? 0 : countOuter(sum, /*kept=*/false);
  for (int64_t r = 0; r < repeats; ++r) {
    int64_t stretch = target.stretch + place(sum, r, /*kept=*/false).stretch;
    int64_t firstRow = stretch * sum.stretchRows;
    int64_t lastRow = firstRow + sum.stretchRows - 1;
    for (int64_t t = firstRow / tileRows; t <= lastRow / tileRows; ++t) {
      const double *partHigh = sum.slot(stretch + t);
      const double *partLow = partHigh + sum.width;
      if (sum.keepsInner)
        for (int64_t c = begin; c < end; ++c)
          addSum(high[c - begin], low[c - begin], partHigh[c], partLow[c]);
      else
        for (int64_t c = 0; c < sum.width; ++c)
          addSum(high[0], low[0], partHigh[c], partLow[c]);
    }
  }
  int64_t stride = space.innerStride(sum.operand);
  for (int64_t c = begin; c < end; ++c)
    storeSum(high[c - begin], low[c - begin], sum.type, flushes,
             sum.data + (target.offset + c * stride) * sizeOf(sum.type));
}

void ReducedResults::finish(unsigned threads) {
  for (Sum &sum : sums) {
    int64_t columns = sum.keepsInner ? space.inner() : 1;
    int64_t blocks = ceilDivide(columns, kFinishColumns);
    bool isLarge = sum.partials.size() >= kMinParallelPartials;
    parallelFor(countOuter(sum, /*kept=*/true) * blocks, isLarge ? threads : 1,
                [&](int64_t begin, int64_t end) {
                  for (int64_t i = begin; i < end; ++i) {
                    int64_t column = i % blocks * kFinishColumns;
                    finishBlock(sum, i / blocks, column,
                                std::min(column + kFinishColumns, columns));
                  }
                });
  }
}

TileSums::TileSums(ReducedResults &results)
    : results(results), accumulators(results.sums.size()) {
  for (size_t i = 0; i < accumulators.size(); ++i) {
    size_t count = results.sums[i].keepsInner ? results.tileColumns : kLanes;
    accumulators[i].high.resize(count);
    accumulators[i].low.resize(count);
  }
}

void TileSums::begin(const Tile &next) { tile = next; }

void TileSums::end() {
  for (size_t i = 0; i < accumulators.size(); ++i)
    close(i);
}

void TileSums::add(size_t operand, const void *terms, int64_t begin,
                   int64_t count) {
  size_t which = 0;
  while (results.sums[which].operand != operand)
    ++which;
  if (results.sums[which].termType == DType::F64)
    addRows(which, static_cast<const double *>(terms), begin, count);
  else
    addRows(which, static_cast<const float *>(terms), begin, count);
}

template <class T>
void TileSums::addRows(size_t which, const T *terms, int64_t begin,
                       int64_t count) {
  const ReducedResults::Sum &sum = results.sums[which];
  Accumulators &into = accumulators[which];
  int64_t inner = results.space.inner();
  int64_t row = begin / inner, column = begin % inner;
  for (; count > 0; ++row, column = 0) {
    int64_t n = std::min(count, inner - column);
    int64_t stretch = row / sum.stretchRows;
    if (stretch != into.stretch) {
      close(which);
      into.stretch = stretch;
      std::fill(into.high.begin(), into.high.end(), kEmptySum);
      std::fill(into.low.begin(), into.low.end(), 0);
    }
    int64_t at = column - tile.columnBegin;
    if (sum.keepsInner)
      addToColumns(&into.high[at], &into.low[at], terms, n);
    else
      addToLanes(into.high.data(), into.low.data(), terms, at, n);
    terms += n;
    count -= n;
  }
}

/// Writes the partial sums of the stretch in progress.
void TileSums::close(size_t which) {
  ReducedResults::Sum &sum = results.sums[which];
  Accumulators &from = accumulators[which];
  if (from.stretch < 0)
    return;
  double *high = sum.slot(from.stretch + tile.rowTile);
  double *low = high + sum.width;
  if (sum.keepsInner) {
    int64_t columns = tile.columnEnd - tile.columnBegin;
    std::copy_n(from.high.data(), columns, high + tile.columnBegin);
    std::copy_n(from.low.data(), columns, low + tile.columnBegin);
  } else {
    double sumHigh = kEmptySum, sumLow = 0;
    for (int64_t lane = 0; lane < kLanes; ++lane)
      addSum(sumHigh, sumLow, from.high[lane], from.low[lane]);
    high[tile.columnTile] = sumHigh;
    low[tile.columnTile] = sumLow;
  }
  from.stretch = -1;
}
