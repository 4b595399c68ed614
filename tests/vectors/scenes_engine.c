/* Scenes: what an engine does with devices and their evidence. */

#include <string.h>

#include "scenes.h"

static const char *device_name(const cJSON *step)
{
    const char *name = text_of(step, "device");
    return name != NULL ? name : "d";
}

static scene_device *named(world *w, const char *name)
{
    for (size_t i = 0; i < SCENE_NAMES && w->devices[i].name != NULL; i++)
        if (strcmp(w->devices[i].name, name) == 0)
            return &w->devices[i];
    bad_scene(w, "no such device:", name);
}

static scene_device *the_device(world *w, const cJSON *step)
{
    return named(w, device_name(step));
}

/* Under the step's "device", in place of the one that had the name. */
static void put_device(world *w, const cJSON *step, trust_device *device)
{
    const char *name = device_name(step);
    size_t i = 0;
    while (i < SCENE_NAMES && w->devices[i].name != NULL && strcmp(w->devices[i].name, name) != 0)
        i++;
    if (i == SCENE_NAMES)
        bad_scene(w, "too many devices:", name);
    trust_evidence_free(w->devices[i].evidence);
    trust_device_free(w->devices[i].device);
    w->devices[i] = (scene_device){name, device, NULL};
    if (trust_evidence_new(device, &w->devices[i].evidence, NULL) != TRUST_OK)
        bad_scene(w, "no evidence", NULL);
}

static void say(world *w, trust_status status, const trust_error *err)
{
    if (status != TRUST_OK)
        put_error(w, status, err);
    else
        fputs("ok\n", w->out);
}

/* The engine's own */

static void run_time(world *w, const cJSON *step)
{
    w->now = time_of(w, step, "to", TRUST_TIME_UNKNOWN);
    fprintf(w->out, "now %s\n", show_time(w, trust_engine_now(w->engine)));
}

static trust_status load_policy(world *w, const cJSON *step, trust_policy **policy,
                                trust_error *err)
{
    trust_bytes document = bytes_of(w, member(step, "document"));
    if (member(step, "manifest") == NULL)
        return trust_policy_load_unsigned(document.data, document.size, NULL, policy, err);
    size_t count;
    const uint8_t(*keys)[32] = keys_of(w, member(step, "keys"), &count);
    trust_bytes manifest = bytes_of(w, member(step, "manifest"));
    return trust_policy_load(document.data, document.size, manifest.data, manifest.size, keys,
                             count, w->now, NULL, policy, err);
}

static void run_policy(world *w, const cJSON *step)
{
    trust_policy *policy = NULL;
    trust_error err = {0};
    uint8_t hash[32];
    trust_status status = load_policy(w, step, &policy, &err);
    if (status == TRUST_OK)
        status = cJSON_IsTrue(member(step, "allow_unsigned"))
                     ? trust_engine_use_policy_unsigned(w->engine, policy, &err)
                     : trust_engine_use_policy(w->engine, policy, &err);
    if (status != TRUST_OK) {
        put_error(w, status, &err);
    } else {
        trust_policy_hash(policy, hash);
        fprintf(w->out, "policy %s %llu signed=%d", trust_policy_id(policy),
                (unsigned long long)trust_policy_revision(policy), trust_policy_is_signed(policy));
        put_hex(w, "", (trust_bytes){hash, sizeof hash});
    }
    trust_policy_free(policy);
}

static void run_reference(world *w, const cJSON *step)
{
    trust_reference *reference = NULL;
    trust_error err = {0};
    trust_bytes document = bytes_of(w, member(step, "document"));
    trust_status status =
        trust_reference_load_unsigned(document.data, document.size, NULL, &reference, &err);
    if (status == TRUST_OK)
        status = trust_engine_use_reference(w->engine, reference);
    if (status != TRUST_OK)
        put_error(w, status, &err);
    else
        fprintf(w->out, "reference values %zu\n", trust_reference_count(reference));
    trust_reference_free(reference);
}

static void run_source_down(world *w, const cJSON *step)
{
    uint32_t kind = kind_of(w, text_of(step, "kind"));
    say(w, trust_engine_set_source_down(w->engine, kind, cJSON_IsTrue(member(step, "down"))), NULL);
}

/* Devices */

static void put_info(world *w, const trust_device *device)
{
    trust_device_info i;
    trust_attribute attribute;
    uint8_t key[32];
    if (trust_device_get_info(device, &i) != TRUST_OK)
        bad_scene(w, "no information", NULL);
    fprintf(w->out,
            "device %s %s verdict=%s risk=%d anchors=%u attributes=%u open=%u enrolled=%s "
            "decided=%s valid_until=%s decisions=%llu revision=%llu memory=%llu stage=\"%s\" "
            "stage_since=%s flaps=%u\n",
            trust_device_id(device), trust_lifecycle_name(i.lifecycle),
            trust_verdict_name(i.verdict), i.risk, (unsigned)i.anchor_count,
            (unsigned)i.attribute_count, (unsigned)i.open_challenges, show_time(w, i.enrolled),
            show_time(w, i.decided), show_time(w, i.valid_until), (unsigned long long)i.decisions,
            (unsigned long long)i.revision, (unsigned long long)i.memory_bytes, i.stage,
            show_time(w, i.stage_since), (unsigned)i.flaps);
    for (size_t n = 0; trust_device_attribute_at(device, n, &attribute) == TRUST_OK; n++)
        fprintf(w->out, "attribute %s=%s\n", attribute.name, attribute.value);
    for (size_t n = 0; trust_device_key_at(device, n, key) == TRUST_OK; n++)
        put_hex(w, "key", (trust_bytes){key, sizeof key});
}

static void opened(world *w, const cJSON *step, trust_status status, trust_device *device,
                   const trust_error *err)
{
    if (status != TRUST_OK) {
        put_error(w, status, err);
        return;
    }
    put_device(w, step, device);
    put_info(w, device);
}

static void run_enroll(world *w, const cJSON *step)
{
    trust_device *device = NULL;
    trust_error err = {0};
    trust_enrolment e = TRUST_ENROLMENT_INIT;
    e.ed25519_keys = keys_of(w, member(step, "keys"), &e.ed25519_key_count);
    e.attributes = attributes_of(w, member(step, "attributes"), &e.attribute_count);
    trust_status status = trust_device_enroll(w->engine, text_of(step, "id"), &e, &device, &err);
    opened(w, step, status, device, &err);
}

static void run_open(world *w, const cJSON *step)
{
    trust_device *device = NULL;
    trust_error err = {0};
    trust_status status = trust_device_open(w->engine, text_of(step, "id"), &device, &err);
    opened(w, step, status, device, &err);
}

static void run_info(world *w, const cJSON *step)
{
    put_info(w, the_device(w, step)->device);
}

static void run_reload(world *w, const cJSON *step)
{
    trust_error err = {0};
    say(w, trust_device_reload(the_device(w, step)->device, &err), &err);
}

static void run_lifecycle(world *w, const cJSON *step)
{
    trust_error err = {0};
    uint32_t to = word_of(w, text_of(step, "to"), trust_lifecycle_name);
    say(w, trust_device_set_lifecycle(the_device(w, step)->device, to, &err), &err);
}

/* Challenges */

static void run_challenge(world *w, const cJSON *step)
{
    uint32_t kinds[16];
    trust_challenge *challenge = NULL;
    trust_error err = {0};
    trust_challenge_request request = TRUST_CHALLENGE_REQUEST_INIT;
    const cJSON *kind;
    cJSON_ArrayForEach(kind, member(step, "kinds")) kinds[request.kind_count++] =
        kind_of(w, cJSON_GetStringValue(kind));
    request.kinds = request.kind_count > 0 ? kinds : NULL;
    request.ttl = number_of(step, "ttl", 0);
    request.purpose = text_of(step, "purpose");
    request.attempt = text_of(step, "attempt");
    trust_device *device = the_device(w, step)->device;
    trust_bytes own = bytes_of(w, member(step, "nonce"));
    trust_status status =
        member(step, "nonce") == NULL
            ? trust_challenge_new(device, &request, &challenge, &err)
            : trust_challenge_adopt(device, &request, own.data, own.size, &challenge, &err);
    if (status != TRUST_OK) {
        put_error(w, status, &err);
        return;
    }
    trust_bytes nonce = trust_challenge_nonce(challenge);
    fprintf(w->out, "challenge %llu %s %s", (unsigned long long)trust_challenge_id(challenge),
            show_time(w, trust_challenge_issued(challenge)),
            show_time(w, trust_challenge_deadline(challenge)));
    put_hex(w, "", nonce);
    save(w, step, nonce);
    for (size_t i = 0; text_of(step, "as") != NULL && i < SCENE_NAMES; i++) {
        if (w->challenges[i].name != NULL)
            continue;
        w->challenges[i].name = text_of(step, "as");
        w->challenges[i].id = trust_challenge_id(challenge);
        break;
    }
    trust_challenge_free(challenge);
}

static void run_delivered(world *w, const cJSON *step)
{
    trust_error err = {0};
    const char *name = text_of(step, "challenge");
    for (size_t i = 0; name != NULL && i < SCENE_NAMES && w->challenges[i].name != NULL; i++) {
        if (strcmp(w->challenges[i].name, name) != 0)
            continue;
        trust_device *device = the_device(w, step)->device;
        say(w, trust_challenge_delivered(device, w->challenges[i].id, &err), &err);
        return;
    }
    bad_scene(w, "no such challenge:", name);
}

/* Evidence */

/* How many items there are now, or why not. */
static void gathered(world *w, const cJSON *step, trust_status status, const trust_error *err)
{
    if (status != TRUST_OK)
        put_error(w, status, err);
    else
        fprintf(w->out, "items %zu\n", trust_evidence_count(the_device(w, step)->evidence));
}

static void run_add(world *w, const cJSON *step)
{
    trust_error err = {0};
    trust_bytes data = bytes_of(w, member(step, "data"));
    trust_status status = trust_evidence_add(the_device(w, step)->evidence, origin_of(w, step),
                                             text_of(step, "type"), data.data, data.size, &err);
    gathered(w, step, status, &err);
}

static void run_address(world *w, const cJSON *step)
{
    trust_error err = {0};
    trust_evidence *evidence = the_device(w, step)->evidence;
    gathered(w, step, trust_evidence_add_address(evidence, text_of(step, "address"), &err), &err);
}

static void run_metric(world *w, const cJSON *step)
{
    trust_error err = {0};
    trust_evidence *evidence = the_device(w, step)->evidence;
    trust_metric metric = {text_of(step, "name"), 0, time_of(w, step, "time", TRUST_TIME_UNKNOWN)};
    const cJSON *value;
    trust_status status = TRUST_OK;
    cJSON_ArrayForEach(value, member(step, "values"))
    {
        metric.value = value->valuedouble;
        if (status == TRUST_OK)
            status = trust_evidence_add_metric(evidence, &metric, &err);
        metric.time += metric.time != TRUST_TIME_UNKNOWN ? number_of(step, "every", 0) : 0;
    }
    gathered(w, step, status, &err);
}

typedef struct files {
    world *w;
    const cJSON *step;
} files;

static trust_status read_named(void *user, trust_bytes name, void *out, size_t cap, size_t *len)
{
    const files *f = user;
    const cJSON *file;
    cJSON_ArrayForEach(file, member(f->step, "files"))
    {
        if (strlen(file->string) != name.size || memcmp(file->string, name.data, name.size) != 0)
            continue;
        trust_bytes data = bytes_of(f->w, file);
        if (data.size > cap)
            return TRUST_E_LIMIT;
        memcpy(out, data.data, data.size);
        *len = data.size;
        return TRUST_OK;
    }
    return TRUST_E_NOT_FOUND;
}

static void run_bundle(world *w, const cJSON *step)
{
    trust_error err = {0};
    files f = {w, step};
    const trust_bundle_files reader = {read_named, &f};
    trust_bytes json = bytes_of(w, member(step, "data"));
    trust_status status =
        trust_evidence_add_bundle(the_device(w, step)->evidence, origin_of(w, step), json.data,
                                  json.size, member(step, "files") != NULL ? &reader : NULL, &err);
    gathered(w, step, status, &err);
}

static void run_channel(world *w, const cJSON *step)
{
    trust_bytes data = bytes_of(w, member(step, "data"));
    trust_evidence *evidence = the_device(w, step)->evidence;
    gathered(w, step, trust_evidence_set_channel(evidence, data.data, data.size), NULL);
}

static void run_attempt(world *w, const cJSON *step)
{
    trust_evidence *evidence = the_device(w, step)->evidence;
    gathered(w, step, trust_evidence_set_attempt(evidence, text_of(step, "attempt")), NULL);
}

static void run_request(world *w, const cJSON *step)
{
    trust_bytes id = bytes_of(w, member(step, "id"));
    trust_evidence *evidence = the_device(w, step)->evidence;
    gathered(w, step, trust_evidence_set_request_id(evidence, id.data, id.size), NULL);
}

/* Decisions */

static trust_status decision_json(const void *what, char *out, size_t cap, size_t *need)
{
    return trust_decision_to_json(what, out, cap, need);
}

static trust_status for_operator(const void *what, char *out, size_t cap, size_t *need)
{
    return trust_decision_explain(what, TRUST_FOR_OPERATOR, out, cap, need);
}

static trust_status for_subject(const void *what, char *out, size_t cap, size_t *need)
{
    return trust_decision_explain(what, TRUST_FOR_SUBJECT, out, cap, need);
}

static void put_step(world *w, const trust_decision_step *s)
{
    fprintf(w->out, "next %s cost=%u", trust_verdict_name(s->can_reach), (unsigned)s->cost);
    for (size_t i = 0; i < s->signal_count; i++)
        fprintf(w->out, " %s:%s", s->signals[i], s->actions[i]);
    fputc('\n', w->out);
}

/* Everything that a decision gives by other calls than as text. */
static void put_fields(world *w, const trust_decision *decision)
{
    trust_decision_info i;
    trust_row row;
    trust_finding finding;
    trust_decision_step next;
    trust_policy_action action;
    trust_item_outcome item;
    trust_decision_get_info(decision, &i);
    put_summary(w, &i.summary);
    fprintf(w->out,
            "%s %d binding=%u replay_protection=%u exact=%u preview=%u repeated=%u signed=%u "
            "decided=%s valid_until=%s profile=%s stage=%s revision=%llu",
            trust_verdict_name(trust_decision_verdict(decision)), trust_decision_risk(decision),
            (unsigned)i.binding, (unsigned)i.replay_protection, (unsigned)i.valid_until_exact,
            (unsigned)i.preview, (unsigned)i.repeated, (unsigned)i.policy_signed,
            show_time(w, i.decided), show_time(w, i.valid_until), trust_decision_profile(decision),
            trust_decision_stage(decision), (unsigned long long)i.policy_revision);
    put_hex(w, "", (trust_bytes){i.policy_hash, sizeof i.policy_hash});
    for (size_t n = 0; n < i.row_count && trust_decision_row(decision, n, &row) == TRUST_OK; n++)
        put_row(w, trust_decision_row_name(decision, n), &row);
    for (size_t n = 0; trust_decision_finding(decision, n, &finding) == TRUST_OK; n++)
        put_finding(w, &finding);
    for (size_t n = 0; trust_decision_next(decision, n, &next) == TRUST_OK; n++)
        put_step(w, &next);
    for (size_t n = 0; trust_decision_action(decision, n, &action) == TRUST_OK; n++)
        put_actions(w, &action, 1);
    for (size_t n = 0; n < i.need_count; n++)
        fprintf(w->out, "need %s\n", trust_decision_need(decision, n));
    for (size_t n = 0; trust_decision_item(decision, n, &item) == TRUST_OK; n++)
        fprintf(w->out, "item %s %s %s %s\n", item.type, trust_origin_name(item.origin),
                trust_state_name(item.state), trust_reason_code(item.reason));
}

static void put_decision(world *w, const cJSON *step, const trust_decision *decision)
{
    const cJSON *show;
    put_text(w, decision_json, decision);
    cJSON_ArrayForEach(show, member(step, "show"))
    {
        const char *what = cJSON_GetStringValue(show);
        if (strcmp(what, "operator") == 0)
            put_text(w, for_operator, decision);
        else if (strcmp(what, "subject") == 0)
            put_text(w, for_subject, decision);
        else
            put_fields(w, decision);
    }
}

static trust_call limits(world *w, const cJSON *step)
{
    trust_call call = {time_of(w, step, "deadline", TRUST_TIME_NEVER), NULL};
    if (!cJSON_IsTrue(member(step, "cancelled")))
        return call;
    if (trust_cancel_new(&call.cancel) != TRUST_OK)
        bad_scene(w, "no stop button", NULL);
    trust_cancel_now(call.cancel);
    return call;
}

static void after(const cJSON *step, scene_device *d, const trust_call *call)
{
    trust_cancel_free(call->cancel);
    if (!cJSON_IsTrue(member(step, "keep")))
        trust_evidence_clear(d->evidence);
}

typedef trust_status (*decide)(trust_device *device, const trust_evidence *evidence,
                               const trust_call *call, trust_decision **out, trust_error *err);

static void decide_by(world *w, const cJSON *step, decide how)
{
    trust_error err = {0};
    trust_decision *decision = NULL;
    scene_device *d = the_device(w, step);
    const trust_call call = limits(w, step);
    trust_status status = how(d->device, d->evidence, &call, &decision, &err);
    if (status != TRUST_OK)
        put_error(w, status, &err);
    else
        put_decision(w, step, decision);
    trust_decision_free(decision);
    after(step, d, &call);
}

static void run_assess(world *w, const cJSON *step)
{
    decide_by(w, step, trust_assess);
}

static void run_preview(world *w, const cJSON *step)
{
    decide_by(w, step, trust_preview);
}

static void run_observe(world *w, const cJSON *step)
{
    trust_error err = {0};
    uint32_t due = 0;
    scene_device *d = the_device(w, step);
    const trust_call call = limits(w, step);
    trust_status status = trust_observe(d->device, d->evidence, &call, &due, &err);
    if (status != TRUST_OK)
        put_error(w, status, &err);
    else
        fprintf(w->out, "due %u\n", (unsigned)due);
    after(step, d, &call);
}

static void run_assess_many(world *w, const cJSON *step)
{
    trust_assess_job jobs[16];
    size_t count = 0;
    const cJSON *name;
    const trust_call call = limits(w, step);
    cJSON_ArrayForEach(name, member(step, "devices"))
    {
        scene_device *d = named(w, cJSON_GetStringValue(name));
        memset(&jobs[count], 0, sizeof jobs[count]);
        jobs[count].device = d->device;
        jobs[count++].evidence = d->evidence;
    }
    if (trust_assess_many(jobs, count, &call) != TRUST_OK)
        bad_scene(w, "not one could be tried", NULL);
    for (size_t i = 0; i < count; i++) {
        if (jobs[i].decision == NULL)
            put_error(w, jobs[i].error.code, &jobs[i].error);
        else
            put_decision(w, step, jobs[i].decision);
        trust_decision_free(jobs[i].decision);
    }
    trust_cancel_free(call.cancel);
    cJSON_ArrayForEach(name, member(step, "devices"))
        trust_evidence_clear(named(w, cJSON_GetStringValue(name))->evidence);
}

/* One item for no device */

static trust_status with_claims(const void *what, char *out, size_t cap, size_t *need)
{
    return trust_result_to_json(what, 1, out, cap, need);
}

static trust_status without_claims(const void *what, char *out, size_t cap, size_t *need)
{
    return trust_result_to_json(what, 0, out, cap, need);
}

static void put_result(world *w, const trust_result *result)
{
    trust_result_info i;
    trust_finding finding;
    trust_result_get_info(result, &i);
    fprintf(w->out, "result %s %s tier=%d binding=%u vector", trust_state_name(i.state),
            trust_reason_code(i.reason), i.tier, (unsigned)i.binding);
    for (size_t n = 0; n < sizeof i.vector.claims; n++)
        fprintf(w->out, " %d", i.vector.claims[n]);
    fputc('\n', w->out);
    for (size_t n = 0; trust_result_finding(result, n, &finding) == TRUST_OK; n++)
        put_finding(w, &finding);
    put_text(w, without_claims, result);
    put_text(w, with_claims, result);
}

static void run_appraise(world *w, const cJSON *step)
{
    trust_error err = {0};
    trust_result *result = NULL;
    trust_appraise_request request = TRUST_APPRAISE_INIT;
    request.type = text_of(step, "type");
    request.data = bytes_of(w, member(step, "data"));
    request.ed25519_keys = keys_of(w, member(step, "keys"), &request.ed25519_key_count);
    request.nonce = bytes_of(w, member(step, "nonce"));
    request.channel = bytes_of(w, member(step, "channel"));
    request.device_class = text_of(step, "class");
    request.origin = origin_of(w, step);
    trust_status status = trust_appraise(w->engine, &request, &result, &err);
    if (status != TRUST_OK)
        put_error(w, status, &err);
    else
        put_result(w, result);
    trust_result_free(result);
}

const scene_verb engine_verbs[] = {{"time", run_time},           {"policy", run_policy},
                                   {"reference", run_reference}, {"source_down", run_source_down},
                                   {"enroll", run_enroll},       {"open", run_open},
                                   {"info", run_info},           {"reload", run_reload},
                                   {"lifecycle", run_lifecycle}, {"challenge", run_challenge},
                                   {"delivered", run_delivered}, {"add", run_add},
                                   {"address", run_address},     {"metric", run_metric},
                                   {"bundle", run_bundle},       {"channel", run_channel},
                                   {"attempt", run_attempt},     {"request", run_request},
                                   {"assess", run_assess},       {"preview", run_preview},
                                   {"observe", run_observe},     {"assess_many", run_assess_many},
                                   {"appraise", run_appraise},   {NULL, NULL}};
