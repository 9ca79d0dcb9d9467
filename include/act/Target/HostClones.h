//===- HostClones.h - Functions compiled for several levels -----*- C++ -*-===//
#ifndef ACT_TARGET_HOSTCLONES_H
#define ACT_TARGET_HOSTCLONES_H

/// Before a function: compiles it for the levels that have wider vectors, too,
/// and calls the best version that this machine runs. Where nothing of the kind
/// exists, one version is compiled.
#if defined(__x86_64__) && defined(__has_attribute)
#if __has_attribute(target_clones)
#define ACT_HOST_CLONES                                                        \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
#endif
#ifndef ACT_HOST_CLONES
#define ACT_HOST_CLONES
#endif

#endif // ACT_TARGET_HOSTCLONES_H
