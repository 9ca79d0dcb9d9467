//===- ReducedResults.h - Sums over broadcast dimensions --------*- C++ -*-===//
//
// The iteration space is cut into tiles, whose shape depends on the space and
// on what is reduced, never on the number of threads. A thread walks the rows
// of a tile and adds up the terms of consecutive rows that belong to the same
// outputs: in one accumulator a column where the inner dimension is kept, in a
// few lanes where it is reduced. Each such stretch leaves partial sums, which
// `finish` adds in the order of rows.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_RUNTIME_REDUCEDRESULTS_H
#define ACT_LIB_RUNTIME_REDUCEDRESULTS_H

#include "IterationSpace.h"

namespace act {

/// Rows [rowBegin, rowEnd) of columns [columnBegin, columnEnd).
struct Tile {
  int64_t rowTile, columnTile;
  int64_t rowBegin, rowEnd, columnBegin, columnEnd;
};

/// The reduced results of one run. `tile` may be called from any thread.
class ReducedResults {
public:
  /// Everything given must outlive this.
  ReducedResults(const KernelSignature &signature, const IterationSpace &space,
                 const std::vector<RunOperand> &operands);

  int64_t tiles() const { return rowTiles * columnTiles; }
  Tile tile(int64_t index) const;

  /// Adds the partial sums of all tiles and stores the results.
  void finish(unsigned threads);

private:
  friend class TileSums;

  /// One reduced result.
  struct Sum {
    size_t operand;
    DType termType, type;
    char *data;
    bool keepsInner;
    /// Outer dimensions up to the last one that is kept. Each index in them
    /// is a stretch of `stretchRows` consecutive rows with the same outputs.
    size_t outer = 0;
    int64_t stretches = 1, stretchRows = 1;
    /// Partial sums of a stretch in a tile: one a column of the space where the
    /// inner dimension is kept, else one a column tile.
    int64_t width = 1;
    /// [slot][high, low][width]. A stretch in a row tile has the slot
    /// stretch + row tile: one stretch may span several tiles and one tile
    /// several stretches, and no two such pairs have the same number.
    std::vector<double> partials;

    double *slot(int64_t index) { return &partials[index * 2 * width]; }
  };

  /// Where index `index` in the kept (or else the reduced) outer dimensions
  /// lies: which stretch, and the offset in memory in elements.
  struct Place {
    int64_t stretch, offset;
  };
  Place place(const Sum &sum, int64_t index, bool kept) const;
  int64_t countOuter(const Sum &sum, bool kept) const;
  void finishBlock(Sum &sum, int64_t output, int64_t begin, int64_t end);

  const IterationSpace &space;
  bool flushes;
  std::vector<Sum> sums;
  int64_t tileRows = 1, tileColumns = 1, rowTiles = 0, columnTiles = 0;
};

/// The accumulators of one thread.
class TileSums {
public:
  explicit TileSums(ReducedResults &results);

  void begin(const Tile &next);
  /// Adds the terms of elements [begin, begin + count) of the tile. Within a
  /// tile elements come in order.
  void add(size_t operand, const void *terms, int64_t begin, int64_t count);
  void end();

private:
  struct Accumulators {
    /// The stretch in progress, or -1.
    int64_t stretch = -1;
    std::vector<double> high, low;
  };
  template <class T>
  void addRows(size_t which, const T *terms, int64_t begin, int64_t count);
  void close(size_t which);

  ReducedResults &results;
  Tile tile{};
  std::vector<Accumulators> accumulators;
};

} // namespace act

#endif // ACT_LIB_RUNTIME_REDUCEDRESULTS_H
