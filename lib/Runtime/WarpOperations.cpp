//===- WarpOperations.cpp - What lanes of a warp do together --------------===//

#include "WarpOperations.h"
#include <algorithm>

using namespace act;

const char *act::nameOf(WarpOperation operation) {
  switch (operation) {
  case WarpOperation::Sync:
    return "bar.warp.sync";
  case WarpOperation::ShuffleUp:
    return "shfl.sync.up";
  case WarpOperation::ShuffleDown:
    return "shfl.sync.down";
  case WarpOperation::ShuffleXor:
    return "shfl.sync.bfly";
  case WarpOperation::ShuffleIndex:
    return "shfl.sync.idx";
  case WarpOperation::VoteAll:
    return "vote.sync.all";
  case WarpOperation::VoteAny:
    return "vote.sync.any";
  case WarpOperation::VoteUniform:
    return "vote.sync.uni";
  case WarpOperation::Ballot:
    return "vote.sync.ballot";
  case WarpOperation::Add:
    return "redux.sync.add";
  case WarpOperation::Min:
    return "redux.sync.min.s32";
  case WarpOperation::Max:
    return "redux.sync.max.s32";
  case WarpOperation::UnsignedMin:
    return "redux.sync.min.u32";
  case WarpOperation::UnsignedMax:
    return "redux.sync.max.u32";
  case WarpOperation::And:
    return "redux.sync.and";
  case WarpOperation::Or:
    return "redux.sync.or";
  case WarpOperation::Xor:
    return "redux.sync.xor";
  }
  return "";
}

/// Operand c holds the last lane of a segment in its low bits, and above them
/// the bits of a lane's number that name its segment.
static uint64_t shuffled(llvm::ArrayRef<WarpRequest> lanes, uint32_t present,
                         unsigned lane) {
  const WarpRequest &request = lanes[lane];
  int b = request.b & 31, clamp = request.c & 31;
  int segment = request.c >> 8 & 31;
  int first = int(lane) & segment;
  int last = first | (clamp & ~segment);
  int source = 0;
  bool isInside = false;
  switch (request.operation) {
  case WarpOperation::ShuffleUp:
    source = int(lane) - b;
    isInside = source >= last;
    break;
  case WarpOperation::ShuffleDown:
    source = int(lane) + b;
    isInside = source <= last;
    break;
  case WarpOperation::ShuffleXor:
    source = int(lane) ^ b;
    isInside = source <= last;
    break;
  default:
    source = first | (b & ~segment);
    isInside = source <= last;
    break;
  }
  if (!isInside)
    source = lane;
  uint32_t value = present >> source & 1 ? lanes[source].value : ~0u;
  return uint64_t(isInside) << 32 | value;
}

static uint32_t combined(WarpOperation operation, uint32_t a, uint32_t b) {
  switch (operation) {
  case WarpOperation::Add:
    return a + b;
  case WarpOperation::Min:
    return std::min(int32_t(a), int32_t(b));
  case WarpOperation::Max:
    return std::max(int32_t(a), int32_t(b));
  case WarpOperation::UnsignedMin:
    return std::min(a, b);
  case WarpOperation::UnsignedMax:
    return std::max(a, b);
  case WarpOperation::And:
    return a & b;
  case WarpOperation::Or:
    return a | b;
  default:
    return a ^ b;
  }
}

uint64_t act::warpResult(llvm::ArrayRef<WarpRequest> lanes, uint32_t present,
                         unsigned lane) {
  WarpOperation operation = lanes[lane].operation;
  auto ballot = [&] {
    uint32_t bits = 0;
    for (unsigned i = 0; i < lanes.size(); ++i)
      bits |= uint32_t((present >> i & 1) && (lanes[i].value & 1)) << i;
    return bits;
  };
  switch (operation) {
  case WarpOperation::Sync:
    return 0;
  case WarpOperation::ShuffleUp:
  case WarpOperation::ShuffleDown:
  case WarpOperation::ShuffleXor:
  case WarpOperation::ShuffleIndex:
    return shuffled(lanes, present, lane);
  case WarpOperation::VoteAll:
    return ballot() == present;
  case WarpOperation::VoteAny:
    return ballot() != 0;
  case WarpOperation::VoteUniform:
    return ballot() == 0 || ballot() == present;
  case WarpOperation::Ballot:
    return ballot();
  default:
    break;
  }
  uint32_t result = lanes[lane].value;
  for (unsigned i = 0; i < lanes.size(); ++i)
    if (i != lane && present >> i & 1)
      result = combined(operation, result, lanes[i].value);
  return result;
}
