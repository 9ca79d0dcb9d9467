//===- PtxVersions.cpp - Which CUDA knows which PTX -----------------------===//

#include "act/Target/PtxVersions.h"

using namespace act;

namespace {
struct Row {
  unsigned cuda, ptx;
};
} // namespace

/// Rising in both columns. CUDA 12.6 brought no PTX version of its own.
static constexpr Row rows[] = {
    {10000, 63}, {10010, 64}, {10020, 65}, {11000, 70}, {11010, 71},
    {11020, 72}, {11030, 73}, {11040, 74}, {11050, 75}, {11060, 76},
    {11070, 77}, {11080, 78}, {12000, 80}, {12010, 81}, {12020, 82},
    {12030, 83}, {12040, 84}, {12050, 85}, {12070, 86}, {12080, 87},
    {12090, 88}, {13000, 90},
};

unsigned act::ptxVersionOfCuda(unsigned cudaVersion) {
  unsigned newest = 0;
  for (const Row &row : rows)
    if (row.cuda <= cudaVersion)
      newest = row.ptx;
  return newest;
}

unsigned act::cudaVersionForPtx(unsigned ptxVersion) {
  for (const Row &row : rows)
    if (row.ptx >= ptxVersion)
      return row.cuda;
  return 0;
}

std::string act::ptxVersionText(unsigned ptxVersion) {
  return std::to_string(ptxVersion / 10) + "." +
         std::to_string(ptxVersion % 10);
}

std::string act::cudaVersionText(unsigned cudaVersion) {
  return std::to_string(cudaVersion / 1000) + "." +
         std::to_string(cudaVersion % 1000 / 10);
}
