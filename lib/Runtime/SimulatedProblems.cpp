//===- SimulatedProblems.cpp - What is wrong with a simulated block -------===//

#include "SimulatedBlock.h"
#include "llvm/ADT/StringExtras.h"

using namespace act;
using llvm::Twine;

std::string SimulatedBlock::indexText(const uint32_t (&index)[3]) {
  return ("(" + Twine(index[0]) + ", " + Twine(index[1]) + ", " +
          Twine(index[2]) + ")")
      .str();
}

std::string SimulatedBlock::whereIs(unsigned thread) const {
  const Block &block = blockOf(thread);
  std::string text = "thread " + indexText(threads[thread].registers.index);
  return &block == blamed
             ? text
             : text + " of block " + indexText(block.common.blockIndex);
}

/// What a thread that does not run waits for: "waits at barrier 0".
std::string SimulatedBlock::whatFor(unsigned thread) const {
  const Thread &waiting = threads[thread];
  switch (waiting.state) {
  case State::Ready:
    return "runs";
  case State::Ended:
    return "has ended";
  case State::AtBarrier:
    return "waits at barrier " + std::to_string(waiting.barrier);
  case State::AtCluster:
    return "waits at the cluster's barrier";
  case State::AtWarp:
    break;
  }
  const WarpRequest &request = requests[thread];
  return std::string("waits at ") + nameOf(request.operation) +
         " with mask 0x" + llvm::utohexstr(request.mask);
}

/// A sentence on the first thread that waits, and on one that it waits for.
std::string SimulatedBlock::whyNothingMoves() {
  unsigned first = 0;
  while (threads[first].state == State::Ended)
    ++first;
  const Thread &thread = threads[first];
  const Block &block = blockOf(first);
  blamed = &block;
  std::string message = whereIs(first) + " " + whatFor(first);
  if (thread.state == State::AtBarrier &&
      block.barriers[thread.barrier].count) {
    const Barrier &barrier = block.barriers[thread.barrier];
    return message + " for " + std::to_string(barrier.count) +
           " threads, of which " + std::to_string(barrier.arrived) +
           " are there; " + std::to_string(numThreads - block.live) +
           " have ended";
  }
  auto isMissing = [&](unsigned i) {
    const Thread &other = threads[i];
    if (other.state == State::Ended)
      return false;
    if (thread.state == State::AtCluster)
      return other.arrivals == meetings;
    if (&blockOf(i) != &block)
      return false;
    if (thread.state == State::AtBarrier)
      return other.state != State::AtBarrier || other.barrier != thread.barrier;
    const WarpRequest &mine = requests[first], &its = requests[i];
    return other.registers.warp == thread.registers.warp &&
           (mine.mask >> other.registers.lane & 1) &&
           (other.state != State::AtWarp || its.mask != mine.mask ||
            its.operation != mine.operation);
  };
  for (unsigned i = 0; i < threads.size(); ++i)
    if (isMissing(i))
      return message + " for " + whereIs(i) + ", which " + whatFor(i);
  return message;
}

void SimulatedBlock::checkEndedMemory() {
  for (const Block &block : blocks) {
    llvm::StringRef memory(block.common.shared, sharedBytes());
    size_t place = memory.find_first_not_of('\xff');
    if (place == llvm::StringRef::npos)
      continue;
    blamed = &block;
    failure = "byte " + std::to_string(place) +
              " of its shared memory was written after it had ended; blocks "
              "must meet at the cluster's barrier before one ends";
    return;
  }
}
