//===- NpyWriter.cpp - Writing .npy files whole or not at all -------------===//

#include "Npy.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace act::tools;
using llvm::createStringError;
using llvm::Error;
using llvm::StringRef;
using llvm::Twine;

static void writeTo(llvm::raw_ostream &os, const Array &array) {
  constexpr const char *kinds[] = {"<f8", "<f4", "<f2", "<V2",
                                   "<i4", "<i8", "|b1"};
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
  auto failed = [&](const Twine &why) {
    return createStringError("cannot write '" + path + "': " + why);
  };
  // An error left in a stream would end the program when it is destroyed.
  auto writeDirectly = [&](llvm::raw_fd_ostream &os) -> Error {
    writeTo(os, array);
    os.flush();
    std::error_code code = os.error();
    os.clear_error();
    return code ? failed(code.message()) : Error::success();
  };
  if (path == "-")
    return writeDirectly(llvm::outs());
  namespace fs = llvm::sys::fs;
  // Pipes and devices cannot be replaced by a file, and a symbolic link stays
  // one: the file that it names is replaced.
  llvm::SmallString<128> target(path);
  fs::file_status status;
  if (!fs::status(path, status) && fs::exists(status)) {
    if (fs::is_directory(status))
      return failed("it is a directory");
    if (!fs::is_regular_file(status)) {
      std::error_code code;
      llvm::raw_fd_ostream os(path, code, fs::CD_OpenExisting);
      return code ? failed(code.message()) : writeDirectly(os);
    }
    if (std::error_code code = fs::real_path(path, target))
      return failed(code.message());
  }
  auto file = fs::TempFile::create(target + ".tmp-%%%%%%");
  if (!file)
    return failed(llvm::toString(file.takeError()));
  llvm::raw_fd_ostream os(file->FD, /*shouldClose=*/false);
  writeTo(os, array);
  os.flush();
  if (os.has_error()) {
    std::string why = os.error().message();
    os.clear_error();
    llvm::consumeError(file->discard());
    return failed(why);
  }
  // A temporary file is private; a result is as public as any new file.
  fs::setPermissions(file->TmpName, fs::perms(0666 & ~fs::getUmask()));
  if (Error error = file->keep(target)) {
    std::string why = llvm::toString(std::move(error));
    llvm::consumeError(file->discard());
    return failed(why);
  }
  return Error::success();
}
