//===- OutputFile.cpp - Files written whole or not at all -----------------===//

#include "OutputFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace act::tools;
using llvm::createStringError;
using llvm::Error;
using llvm::StringRef;
using llvm::Twine;
namespace fs = llvm::sys::fs;

static Error cannotWrite(StringRef path, const Twine &why) {
  return createStringError("cannot write '" + path + "': " + why);
}

Error act::tools::writeWhole(
    StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write) {
  auto failed = [&](const Twine &why) { return cannotWrite(path, why); };
  // An error left in a stream would end the program when it is destroyed.
  auto writeDirectly = [&](llvm::raw_fd_ostream &os) -> Error {
    write(os);
    os.flush();
    std::error_code code = os.error();
    os.clear_error();
    return code ? failed(code.message()) : Error::success();
  };
  if (path == "-")
    return writeDirectly(llvm::outs());
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
  write(os);
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

Error act::tools::checkWritable(StringRef path) {
  fs::file_status status;
  if (path == "-")
    return Error::success();
  if (path.empty())
    return createStringError("the name of the file to write is empty; give "
                             "one, or - for stdout");
  if (!fs::status(path, status) && fs::exists(status)) {
    if (fs::is_directory(status))
      return cannotWrite(path, "it is a directory; name a file in it");
    if (!fs::is_regular_file(status))
      return Error::success();
  }
  StringRef folder = llvm::sys::path::parent_path(path);
  folder = folder.empty() ? "." : folder;
  if (!fs::is_directory(folder))
    return cannotWrite(path, "there is no directory '" + folder +
                                 "'; create it first");
  if (fs::access(folder, fs::AccessMode::Write))
    return cannotWrite(path, "the directory '" + folder +
                                 "' is not writable; choose another");
  return Error::success();
}
