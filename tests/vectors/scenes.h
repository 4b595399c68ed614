#ifndef TEST_SCENES_H
#define TEST_SCENES_H

/* What the parts of the scene runner share (scenes/README.md has the format). A scene is the
 * project's own: what is wrong with one ends the program; what is wrong in one is its subject. */

#include <cjson/cJSON.h>
#include <stdio.h>

#include <trust/attest.h>
#include <trust/trust.h>

#define SCENE_NAMES 24 /* devices, challenges, baselines and saved bytes of one scene */

/* A device and what is being gathered about it. */
typedef struct scene_device {
    const char *name;
    trust_device *device;
    trust_evidence *evidence;
} scene_device;

typedef struct world {
    FILE *out; /* what the scene says */
    const char *scene;
    int step;
    trust_time now;
    uint64_t random;
    trust_engine *engine;
    trust_table *table;
    scene_device devices[SCENE_NAMES];
    struct {
        const char *name;
        uint64_t id;
    } challenges[SCENE_NAMES];
    struct {
        const char *name;
        trust_baseline *baseline;
    } baselines[SCENE_NAMES];
    struct {
        const char *name;
        trust_bytes data;
    } saved[SCENE_NAMES];
    void **blocks; /* what bytes_of() and room() gave, freed with the scene */
    size_t block_count;
} world;

/* Say what is wrong with the scene, and end the program. */
_Noreturn void bad_scene(const world *w, const char *what, const char *which);

/* scenes_data.c: members of a step */

/* Zeroed memory until the scene ends. */
void *room(world *w, size_t size);
const cJSON *member(const cJSON *step, const char *name);
/* NULL where there is none. */
const char *text_of(const cJSON *step, const char *name);
int64_t number_of(const cJSON *step, const char *name, int64_t otherwise);
trust_time time_of(world *w, const cJSON *step, const char *name, trust_time otherwise);
/* The bytes that a value stands for. */
trust_bytes bytes_of(world *w, const cJSON *value);
/* A number is a key pair with a seed of 32 such bytes. */
trust_signer *signer_of(world *w, const cJSON *value, uint32_t use);
/* Public keys, of numbers or bytes. */
const uint8_t (*keys_of(world *w, const cJSON *list, size_t *count))[32];
const trust_attribute *attributes_of(world *w, const cJSON *object, size_t *count);
/* The number of a word, by the function that gives the words of numbers. */
uint32_t word_of(world *w, const char *word, const char *(*name)(uint32_t));
uint32_t origin_of(world *w, const cJSON *step);
uint32_t kind_of(world *w, const char *name);
/* Keep bytes for later steps under the step's "as". */
void save(world *w, const cJSON *step, trust_bytes data);

/* scenes_data.c: what a step says */
void put_hex(world *w, const char *before, trust_bytes data);
/* A time as RFC 3339, valid until the scene ends. */
const char *show_time(world *w, trust_time time);
/* "! STATUS", with the place and the sentence when the call gives them. */
void put_error(world *w, trust_status status, const trust_error *err);
/* One line of text from a call of that shape. */
typedef trust_status (*text_call)(const void *what, char *out, size_t cap, size_t *need);
void put_text(world *w, text_call call, const void *what);
void put_row(world *w, const char *name, const trust_row *row);
void put_finding(world *w, const trust_finding *finding);
void put_summary(world *w, const trust_policy_summary *summary);
void put_actions(world *w, const trust_policy_action *actions, size_t count);
/* The name of a number that may be none of the built-in kinds. */
const char *kind_text(uint32_t kind);

/* What a scene can do; each says its outcome. */
typedef struct scene_verb {
    const char *name;
    void (*run)(world *w, const cJSON *step);
} scene_verb;

extern const scene_verb engine_verbs[]; /* scenes_engine.c: engine, devices, evidence, decisions */
extern const scene_verb policy_verbs[]; /* scenes_policy.c: policies by themselves */
extern const scene_verb parts_verbs[]; /* scenes_parts.c: tables, keys, manifests, baselines, ... */

#endif
