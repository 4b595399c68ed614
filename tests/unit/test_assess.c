/* The four steps end to end, one small world at a time. */

#include "scene.h"

#include <stdio.h>
#include <string.h>

static void show(const trust_decision *decision)
{
    static char text[16384];
    size_t need;
    ck_ok(trust_decision_explain(decision, TRUST_FOR_OPERATOR, text, sizeof text, &need));
    puts(text);
    ck_ok(trust_decision_to_json(decision, text, sizeof text, &need));
    puts(text);
}

START_TEST(everything_in_order_is_allowed)
{
    scene s;
    trust_decision *decision;
    scene_begin(&s, NULL);
    scene_attest(&s, NULL);
    scene_address(&s);
    scene_human(&s);
    trust_verdict verdict = scene_assess(&s, &decision);
    show(decision);
    ck_assert_uint_eq(verdict, TRUST_ALLOW);
    scene_end(&s);
}
END_TEST

int main(void)
{
    return run_tests("assess", TESTS(everything_in_order_is_allowed));
}
