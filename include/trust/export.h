#ifndef TRUST_EXPORT_H
#define TRUST_EXPORT_H

/* Linkage and attributes of every public function. Nothing else belongs here. */

#if defined(__GNUC__)
#define TRUST_API        __attribute__((visibility("default")))
#define TRUST_MUST_CHECK __attribute__((warn_unused_result))
#else
#define TRUST_API
#define TRUST_MUST_CHECK
#endif

#ifdef __cplusplus
#define TRUST_BEGIN_DECLS extern "C" {
#define TRUST_END_DECLS   }
#else
#define TRUST_BEGIN_DECLS
#define TRUST_END_DECLS
#endif

#endif
