//===- RowKernelWriter.h - Writes the kernel of a row -----------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_ROWKERNELWRITER_H
#define ACT_LIB_CONVERSION_ROWKERNELWRITER_H

#include "KernelMemory.h"
#include "RowsAhead.h"
#include "StructureRows.h"
#include "act/KernelABI.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/SetVector.h"
#include <map>

namespace act {

/// A value that takes at most so many operations is computed again in a later
/// phase; others are kept in scratch memory, which costs a store and a load.
inline constexpr unsigned kFewOperations = 6;

/// Bytes of a line of memory.
inline constexpr int64_t kLineBytes = 64;

/// Writes the kernel of one function of a row: loops over elements in
/// StructureRows.cpp, what is kept between them in StructureKept.cpp, and how
/// results are stored in StructureResults.cpp; what is done block by block in
/// StructureBlocks.cpp, and for strips of rows in StructureStrips.cpp.
class RowKernelWriter : KernelMemory {
public:
  RowKernelWriter(FuncOp func, const RowKernelOptions &options,
                  mlir::OpBuilder &builder);

  void write();

private:
  using Value = mlir::Value;
  using Mapping = llvm::DenseMap<Value, Value>;
  using Values = llvm::SmallVector<Value>;

  bool isUniform(Value value) const { return uniform.contains(value); }
  bool isOfBlock(Value value) const { return ofBlock.contains(value); }
  /// True if it takes a loop: the same value of all elements, none of them left
  /// out, is combined without one.
  bool takesLoop(RowOp op) const {
    return op && (op.getScope() || op.getMask() || op.isThreshold() ||
                  !isUniform(op.getOperand()));
  }
  void findPhases();
  /// Finds what is kept in scratch memory.
  void findKept();
  /// Finds what is copied of arrays, and which loops read or write these.
  void findCopied();
  /// Gives each kept value and each copied input its place in scratch memory.
  void findPlaces();
  /// Finds what phase `p` must compute for `value`, and what earlier phases
  /// must keep for it.
  void demand(Value value, unsigned p, llvm::DenseSet<Value> &seen);
  /// Operations between the value and inputs or kept values.
  unsigned costOf(Value value, llvm::DenseSet<Value> &seen);
  /// What phase `p` combines in its loop, and what takes loops of its own.
  llvm::SmallVector<RowOp> combinedIn(unsigned p);
  llvm::SmallVector<RowOp> solvedIn(unsigned p);
  /// True if phase `p` has a loop over elements.
  bool hasLoop(unsigned p);

  /// Memory of what is kept, given what there is for a value of each element.
  void placeKept();
  void writeRow();
  void writePhases();
  void writeUniform(unsigned p);
  /// What a loop stores in arrays: results of its row if its phase is the last
  /// one, or those of the row before around the caches.
  enum class Stores { Cached, AroundCaches, RowBefore };
  mlir::scf::ForOp writeLoop(unsigned p, Stores stores = Stores::Cached);
  /// Its elements are those of a strip, one of all rows after another.
  void markStrip(mlir::scf::ForOp loop);
  int64_t stripRows() { return kStripBytes * 8 / compute.getWidth(); }
  /// The loop that copies inputs for phase `p`, where it has one.
  void writeCopies(unsigned p);
  void keepElements(llvm::ArrayRef<Value> values, unsigned p, Mapping &known);
  void writeSolved(unsigned p);
  /// The sums of both terms of a threshold at `t`.
  llvm::SmallVector<Value, 2> writeThresholdSums(RowOp op, unsigned p, Value t);
  /// The value in the loop of a phase, computed at the builder's place.
  Value inLoop(Value value, unsigned p, Mapping &known);
  Value combineOne(RowOp op, Value accumulator, Value value, Value mask);
  Value neutral(RowOp op);
  Value keptElement(Value value);
  unsigned longestPhase();
  void prefetchNext();
  /// Elements from what is computed to what is fetched meanwhile, and the same
  /// from a row on whose neighbour may be elsewhere.
  Value ahead(unsigned operand);
  Value offsetAhead(unsigned operand);
  void prepareAhead(Value args);
  /// Aims at what follows the block in progress.
  void aimAhead();
  bool isLast(unsigned p) const { return p == phases; }
  /// True for a result that is stored once a row.
  bool isOnePerRow(unsigned result) {
    return isUniform(func.getReturn().getOperand(result)) &&
           !func.getResultAttr(result, kSpreadAttr);
  }
  /// Where the element of the loop in progress is.
  Value elementOf(unsigned operand, mlir::Type memory);
  /// Fetches what the loop over a strip in progress comes to next: of the
  /// inputs that it has read, or of results that go through the caches.
  void prefetchStrip(bool isResult);
  mlir::Type memoryOfInput(unsigned i) {
    return memoryType(storageOf(func.getArgAttr(i, kStorageAttr)));
  }
  /// Terms that are summed over rows keep the precision they are computed in.
  mlir::Type storageOfResult(unsigned i) {
    return func.getResultAttr(i, kReduceAttr)
               ? mlir::Type(compute)
               : storageOf(func.getResultAttr(i, kStorageAttr));
  }
  mlir::Type memoryOf(unsigned operand) {
    return operand < func.getNumInputs()
               ? memoryOfInput(operand)
               : memoryType(storageOfResult(operand - func.getNumInputs()));
  }
  unsigned operandOfResult(unsigned i) { return func.getNumInputs() + i; }

  //===--------------------------------------------------------------------===//
  // Results
  //===--------------------------------------------------------------------===//

  bool storesElements();
  Value streamsLines();
  void computeResults(Mapping &known);
  void storeResults(Mapping &known);
  void writeResults();
  /// Finds the phase whose loop stores the results of the row before, and what
  /// is carried to it.
  void findHost();
  void findCarried();
  void carry(Value value, llvm::DenseSet<Value> &seen);
  Values prepareResults(Value rows);
  void takeRowBefore(mlir::ValueRange values);
  /// In strips: reads of the arguments what the strip before has left; stores
  /// its results of one element; and leaves what the next strip needs of a row.
  void prepareStripBefore(Value args);
  void storeStripBefore(Value element, RowsAheadWriter::Fetch fetch);
  void leaveStrip();
  /// Where the strip in progress keeps what is carried, and left of a block.
  Value carriedPlace(unsigned number);
  Value leftPlace(unsigned number);
  /// Writes what concerns the row before.
  void inRowBefore(llvm::function_ref<void()> write);
  void writePhase(unsigned p);
  /// Writes what is done unless the next row stores the results.
  void unlessLeft(llvm::function_ref<void()> write);

  //===--------------------------------------------------------------------===//
  // Blocks
  //===--------------------------------------------------------------------===//
  //
  // A pass over the row is a loop over its blocks, in which each phase has a
  // loop over the elements of the block. Before and behind it, loops over the
  // values of blocks bring these together. These are the sites of a pass.

  enum class Site { Before, Blocks, Behind };
  struct Place {
    unsigned pass;
    Site site;
    bool operator==(Place other) const {
      return pass == other.pass && site == other.site;
    }
    bool operator<(Place other) const {
      return std::pair(pass, site) < std::pair(other.pass, other.site);
    }
  };
  /// Where a value of blocks is first known.
  Place placeOf(Value value);
  /// Where values of blocks are combined.
  Place placeOf(RowOp overBlocks);
  /// Operations between the value and others that take many or are combined.
  unsigned costOfBlock(Value value);
  void demandOfBlock(Value value, Place place);
  void findKeptOfBlocks();
  /// Values of its block that the loop of phase `p` needs, and their values in
  /// the block in progress, computed at the builder's place.
  Values ofBlockIn(unsigned p);
  void valuesOfBlock(unsigned p);
  /// Inputs and values of blocks that `values` need in phase `p`, beside what
  /// is kept; and those that its loop needs.
  Values leavesOf(Values values, unsigned p);
  Values leavesOfLoop(unsigned p);
  /// The value of the block in progress, computed at the builder's place.
  Value valueOfBlock(Value value, Place place, Mapping &known);
  Value keptOfBlock(Value value, bool isInLoop);
  void writePasses();
  void writeBlocks(unsigned pass);
  void writeOverBlocks(Place place);

  FuncOp func;
  /// Rows stand side by side in memory, so that a vector has one of each.
  bool inLanes;
  /// Loops that read and write arrays will be over strips of such vectors.
  bool inStrips;
  /// Rows are too long for what is kept of them.
  bool recompute;
  llvm::DenseSet<Value> uniform, ofBlock;
  /// Phases are numbered: in passes over blocks, a pass has `steps` numbers.
  unsigned steps = 1;
  llvm::DenseMap<Value, unsigned> phaseOf;
  /// The phase in which an act.row is combined.
  llvm::DenseMap<mlir::Operation *, unsigned> sourceOf;
  /// The last phase.
  unsigned phases = 0;
  Values kept, keptPointers, keptOffsets;
  /// In strips: inputs that are copied to scratch memory, each by a phase; the
  /// phases whose loops read or write arrays; whether the one in progress does.
  Values copied;
  llvm::DenseMap<Value, unsigned> copiedIn, lastReadOf;
  llvm::DenseSet<unsigned> strips;
  bool readsArrays = false;
  llvm::SetVector<unsigned> inputsRead;
  /// Places of kept values and copied inputs, and their number.
  llvm::DenseMap<Value, unsigned> placeInScratch;
  unsigned places = 0;
  Values keptOfBlocks, blockPointers, blockOffsets;
  llvm::DenseMap<Value, unsigned> blockCosts;
  std::map<std::pair<unsigned, Site>, llvm::DenseSet<Value>> demanded;
  Value scratch, streams, count, induction;
  /// The row in progress; in strips: the elements of a row and its part of the
  /// scratch memory.
  Value row, rowCount, scratchOfRow;
  /// The number of blocks and kRowBlock; the number of the block in progress
  /// and of its first element.
  Value numBlocks, blockLength, block, blockStart;
  /// Of the row in progress, or of the block, or of all rows where they have
  /// one stride of 0; and what is fetched into a cache meanwhile.
  Values bases, rowPointers, nextPointers, rowStrides, elementStrides;
  /// Values outside the loops over elements.
  Mapping scalars, blockScalars;
  /// Where rows stand side by side.
  std::optional<RowsAheadWriter> rowsAhead;
  /// A flag that results are stored around the caches.
  Value streamed;
  /// The phase whose loop stores the results of the row before; the number of
  /// rows, from the first on, whose results the next one stores; flags that the
  /// row before is one of them, and that this one is.
  std::optional<unsigned> host;
  Value rowsLeft, isLeft, leaves;
  /// What is carried to the next row, and its values in this one; and what
  /// takes the place of members of these names in what concerns the row before.
  Values carried;
  Mapping carriedIn;
  struct {
    Values pointers;
    Mapping scalars, blockScalars;
    /// In strips, where what is carried goes through it.
    Value scratch;
  } before;
  /// In strips: what is left of blocks, places of both, and conditions that
  /// are computed from these, operands first.
  Values leftOfBlocks, carriedOffsets, leftOffsets, conditions;
  /// Rows of a strip with which lines of memory begin.
  Values rowsOfLines;
};

} // namespace act

#endif // ACT_LIB_CONVERSION_ROWKERNELWRITER_H
