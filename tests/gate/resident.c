/* How much memory a thousand open devices take: each is enrolled, sends a measurement, is assessed
 * once under a policy given as a file, and stays open. Prints the process's largest resident size.
 */

#include <stdio.h>
#include <stdlib.h>

#include <sys/resource.h>

#include <trust/trust.h>

#define DEVICES 1000

static void must(trust_status status, const trust_error *err)
{
    if (status == TRUST_OK)
        return;
    fprintf(stderr, "%s: %s\n", trust_status_name(status), err->message);
    exit(1);
}

static trust_policy *load(const char *path)
{
    static char text[65536];
    trust_error err = {0};
    trust_policy *policy = NULL;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        exit(2);
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    must(trust_policy_load_unsigned(text, len, NULL, &policy, &err), &err);
    return policy;
}

static trust_device *live(trust_engine *engine, int number)
{
    trust_error err = {0};
    trust_device *device = NULL;
    trust_evidence *evidence = NULL;
    trust_decision *decision = NULL;
    trust_metric metric = {"tx_bytes", 1000 + number, TRUST_TIME_UNKNOWN};
    char id[32];
    snprintf(id, sizeof id, "urn:dev:ow:%016d", number);
    must(trust_device_enroll(engine, id, NULL, &device, &err), &err);
    must(trust_evidence_new(device, &evidence, &err), &err);
    must(trust_evidence_add_address(evidence, "192.0.2.7", &err), &err);
    must(trust_evidence_add_metric(evidence, &metric, &err), &err);
    must(trust_assess(device, evidence, NULL, &decision, &err), &err);
    trust_decision_free(decision);
    trust_evidence_free(evidence);
    return device;
}

int main(int argc, char **argv)
{
    static trust_device *devices[DEVICES];
    trust_error err = {0};
    trust_engine *engine = NULL;
    if (argc != 2)
        return 2;
    trust_policy *policy = load(argv[1]);
    must(trust_engine_new(NULL, &engine, &err), &err);
    must(trust_engine_use_policy(engine, policy, &err), &err);
    for (int i = 0; i < DEVICES; i++)
        devices[i] = live(engine, i);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%ld\n", usage.ru_maxrss * 1024);
    for (int i = 0; i < DEVICES; i++)
        trust_device_free(devices[i]);
    trust_policy_free(policy);
    trust_engine_free(engine);
    return 0;
}
