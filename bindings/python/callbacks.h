/* What the library calls in Python; trust/_seams.py has the functions. */
extern "Python" {
trust_time trust_py_now(void *user);
trust_status trust_py_random(void *user, void *out, size_t len);
void trust_py_log(void *user, int32_t level, const char *line);
trust_status trust_py_fetch(void *user, const trust_request *request, trust_response *response);
trust_status trust_py_sign(void *user, const void *data, size_t len, uint8_t *signature);
trust_status trust_py_read_file(void *user, trust_bytes name, void *out, size_t cap, size_t *len);
trust_status trust_py_get(void *user, trust_bytes key, void *value, size_t cap, size_t *size,
                          uint64_t *revision);
trust_status trust_py_commit(void *user, const trust_store_operation *operations, size_t count,
                             const trust_call *call);
}
