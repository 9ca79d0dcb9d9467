//===- NpyWriter.cpp - Writing .npy files ---------------------------------===//

#include "Npy.h"
#include "OutputFile.h"
#include "llvm/Support/Endian.h"

using namespace act::tools;
using llvm::Error;
using llvm::StringRef;

static void writeTo(llvm::raw_ostream &os, const Array &array) {
  // NumPy has no float of 8 bits; its pattern is a number of them.
  constexpr const char *kinds[] = {"<f8", "<f4", "<f2", "<V2", "<i4",
                                   "<i8", "|b1", "|u1", "|u1", "|i1"};
  std::string shape = "(";
  for (int64_t dim : array.shape)
    shape += std::to_string(dim) + ", ";
  if (array.shape.size() > 1)
    shape.resize(shape.size() - 2);
  else if (array.shape.size() == 1)
    shape.pop_back();
  std::string header = std::string("{'descr': '") + kinds[int(array.type)] +
                       "', 'fortran_order': False, 'shape': " + shape + "), }";
  // The data start at a multiple of 64.
  size_t length = (10 + header.size() + 1 + 63) / 64 * 64 - 10;
  header.resize(length - 1, ' ');
  header += '\n';
  char size[2];
  llvm::support::endian::write16le(size, uint16_t(length));
  os << StringRef("\x93NUMPY\x01\x00", 8) << StringRef(size, 2) << header;
  os.write(static_cast<const char *>(array.data()),
           sizeOf(array.type) * size_t(array.size()));
}

Error act::tools::writeNpy(StringRef path, const Array &array) {
  return writeWhole(path, [&](llvm::raw_ostream &os) { writeTo(os, array); });
}
