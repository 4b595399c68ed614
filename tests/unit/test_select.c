/* Which profile a device falls under: Kleene's three values, the order of profiles, and conditions
 * in words. */

#include "support.h"

#include <stdio.h>
#include <string.h>

/* Documents are written with ' for ". */
#define WITH(profiles)                                                                             \
    "{'trust_policy':1,'id':'p','revision':1,'signals':{'place':{'weight':100}},'verdicts':"       \
    "{'allow':300,'step_up':475,'quarantine':650},'profiles':[" profiles "]}"
#define PROFILE(id, when) "{'id':'" id "','when':" when "}"

static trust_policy *load(const char *text)
{
    char room[8192];
    trust_policy *policy = NULL;
    trust_error err = {0};
    size_t size = 0;
    for (; text[size] != '\0'; size++)
        room[size] = text[size] == '\'' ? '"' : text[size];
    trust_status status = trust_policy_load_unsigned(room, size, NULL, &policy, &err);
    ck_assert_msg(status == TRUST_OK, "%s: %s\n%s", err.where, err.message, text);
    return policy;
}

static trust_policy_selection chosen(const trust_policy *policy, const trust_attribute *attributes,
                                     size_t count)
{
    trust_policy_selection selection = {99, 99};
    ck_ok(trust_policy_select(policy, attributes, count, &selection));
    return selection;
}

/* What a condition comes to where yes, no and dunno are registered so: 'y' true, 'n' false, '?'
 * unknown. */
static char truth(const char *when)
{
    static const trust_attribute facts[] = {{"yes", "1"}, {"no", "0"}, {"word", "lock"}};
    char text[4096];
    snprintf(text, sizeof text, WITH(PROFILE("x", "%s")), when);
    trust_policy *policy = load(text);
    trust_policy_selection s = chosen(policy, facts, 3);
    trust_policy_free(policy);
    ck_assert(s.profile + s.also / 2 <= 1);
    return s.profile == 1 ? 'y' : s.also == 2 ? '?' : 'n';
}

#define Y "{'attr':'yes','eq':'1'}"
#define N "{'attr':'no','eq':'1'}"
#define U "{'attr':'dunno','eq':'1'}"

START_TEST(three_values)
{
    static const struct {
        const char *when;
        char truth;
    } cases[] = {
        {Y, 'y'},
        {N, 'n'},
        {U, '?'},
        {"{'not':" Y "}", 'n'},
        {"{'not':" N "}", 'y'},
        {"{'not':" U "}", '?'},
        {"{'not':{'not':" Y "}}", 'y'},
        {"{'all':[" Y "," Y "]}", 'y'},
        {"{'all':[" Y "," N "]}", 'n'},
        {"{'all':[" Y "," U "]}", '?'},
        {"{'all':[" U "," Y "]}", '?'},
        {"{'all':[" N "," U "]}", 'n'},
        {"{'all':[" U "," N "]}", 'n'},
        {"{'all':[" U "," U "]}", '?'},
        {"{'all':[" N "]}", 'n'},
        {"{'any':[" N "," N "]}", 'n'},
        {"{'any':[" N "," Y "]}", 'y'},
        {"{'any':[" Y "," U "]}", 'y'},
        {"{'any':[" U "," Y "]}", 'y'},
        {"{'any':[" N "," U "]}", '?'},
        {"{'any':[" U "," N "]}", '?'},
        {"{'any':[" Y "]}", 'y'},
        /* What is inside is passed over whole. */
        {"{'all':[{'any':[" N "," Y "," N "]}," Y ",{'not':{'all':[" Y "," N "]}}]}", 'y'},
        {"{'all':[{'any':[" N "," Y "," N "]}," Y ",{'not':{'all':[" Y "," Y "]}}]}", 'n'},
        {"{'any':[{'all':[" Y "," U "]}," N ",{'not':{'any':[" N "," U "]}}]}", '?'},
        {"{'not':{'any':[" U ",{'all':[" Y "," Y "]}]}}", 'n'},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(truth(cases[i].when) == cases[i].truth, "%s: %c", cases[i].when,
                      truth(cases[i].when));
}
END_TEST

START_TEST(words_are_compared_whole)
{
    static const struct {
        const char *when;
        char truth;
    } cases[] = {
        {"{'attr':'word','eq':'lock'}", 'y'},
        {"{'attr':'word','eq':'Lock'}", 'n'},
        {"{'attr':'word','eq':'loc'}", 'n'},
        {"{'attr':'word','eq':'locks'}", 'n'},
        {"{'attr':'word','in':['door','lock']}", 'y'},
        {"{'attr':'word','in':['lock','door']}", 'y'},
        {"{'attr':'word','in':['door']}", 'n'},
        {"{'attr':'word','prefix':'lo'}", 'y'},
        {"{'attr':'word','prefix':'lock'}", 'y'},
        {"{'attr':'word','prefix':'locks'}", 'n'},
        {"{'attr':'word','prefix':'o'}", 'n'},
        {"{'attr':'words','prefix':'l'}", '?'},
        {"{'attr':'wor','in':['lock']}", '?'},
        {"{'attr':'word','ge':1}", '?'},
        {"{'attr':'word','le':1}", '?'},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(truth(cases[i].when) == cases[i].truth, "%s", cases[i].when);
}
END_TEST

START_TEST(numbers_are_whole)
{
    static const struct {
        const char *value;
        char least, most; /* of 'ge':3 and of 'le':3 */
    } cases[] = {{"3", 'y', 'y'},
                 {"4", 'y', 'n'},
                 {"2", 'n', 'y'},
                 {"003", 'y', 'y'},
                 {"-4", 'n', 'y'},
                 {"0", 'n', 'y'},
                 {"", '?', '?'},
                 {"-", '?', '?'},
                 {"+3", '?', '?'},
                 {" 3", '?', '?'},
                 {"3 ", '?', '?'},
                 {"3.0", '?', '?'},
                 {"--3", '?', '?'},
                 {"3-", '?', '?'},
                 {"1e1", '?', '?'},
                 {"0x3", '?', '?'},
                 {"999999999999999999", 'y', 'n'},
                 {"-999999999999999999", 'n', 'y'},
                 {"1000000000000000000", '?', '?'},
                 {"-1000000000000000000", '?', '?'},
                 {"18446744073709551619", '?', '?'}};
    trust_policy *least = load(WITH(PROFILE("x", "{'attr':'n','ge':3}")));
    trust_policy *most = load(WITH(PROFILE("x", "{'attr':'n','le':3}")));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_attribute fact = {"n", cases[i].value};
        const char expected[] = {cases[i].least, cases[i].most};
        for (int k = 0; k < 2; k++) {
            trust_policy_selection s = chosen(k == 0 ? least : most, &fact, 1);
            ck_assert_msg(s.profile == (expected[k] == 'y') && s.also == (expected[k] == '?') * 2u,
                          "'%s'", cases[i].value);
        }
    }
    trust_policy_free(least);
    trust_policy_free(most);
}
END_TEST

/* The first that is true; what is unknown counts only before it. */
START_TEST(the_first_true_profile_counts)
{
    trust_policy *policy = load(WITH(PROFILE("a", "{'attr':'a','eq':'1'}") "," PROFILE(
        "b", "{'attr':'b','eq':'1'}") "," PROFILE("c", "{'attr':'c','eq':'1'}")));
    static const struct {
        const char *a, *b, *c; /* NULL: not registered */
        uint32_t profile, also;
    } cases[] = {
        {"0", "0", "0", 0, 0},  {"1", "1", "1", 1, 0},     {"0", "1", "1", 2, 0},
        {"0", "0", "1", 3, 0},  {NULL, "1", "1", 2, 2},    {NULL, NULL, "1", 3, 6},
        {"1", NULL, "1", 1, 0}, {NULL, NULL, NULL, 0, 14}, {"0", NULL, "0", 0, 4},
        {"0", "1", NULL, 2, 0}, {NULL, "0", "1", 3, 2},    {"0", "0", NULL, 0, 8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *values[] = {cases[i].a, cases[i].b, cases[i].c};
        const char *const names[] = {"a", "b", "c"};
        trust_attribute facts[3];
        size_t count = 0;
        for (size_t k = 3; k-- > 0;) /* in any order */
            if (values[k] != NULL)
                facts[count++] = (trust_attribute){names[k], values[k]};
        trust_policy_selection s = chosen(policy, facts, count);
        ck_assert_msg(s.profile == cases[i].profile && s.also == cases[i].also, "%zu: %u %u", i,
                      s.profile, s.also);
    }
    trust_policy_free(policy);
    policy = load(WITH(""));
    trust_policy_selection s = chosen(policy, NULL, 0);
    ck_assert(s.profile == 0 && s.also == 0);
    trust_policy_free(policy);
}
END_TEST

/* Bits go as far as profiles do. */
START_TEST(the_last_profile_has_a_bit)
{
    char text[8192];
    int len = snprintf(text, sizeof text, "%s",
                       "{'trust_policy':1,'id':'p','revision':1,'signals':{'place':{'weight':1}},"
                       "'verdicts':{'allow':300,'step_up':475,'quarantine':650},'profiles':[");
    for (int i = 1; i <= 31; i++)
        len += snprintf(text + len, sizeof text - (size_t)len,
                        "%s{'id':'p%d','when':{'attr':'a%d','eq':'1'}}", i > 1 ? "," : "", i, i);
    snprintf(text + len, sizeof text - (size_t)len, "]}");
    trust_policy *policy = load(text);
    trust_attribute fact = {"a31", "1"};
    trust_policy_selection s = chosen(policy, &fact, 1);
    ck_assert_uint_eq(s.profile, 31);
    ck_assert_uint_eq(s.also, 0x7FFFFFFE);
    s = chosen(policy, NULL, 0);
    ck_assert_uint_eq(s.profile, 0);
    ck_assert_uint_eq(s.also, 0xFFFFFFFE);
    trust_policy_free(policy);
}
END_TEST

START_TEST(facts_are_checked)
{
    char name31[] = "abcdefghijklmnopqrstuvwxyz01234";
    char name32[] = "abcdefghijklmnopqrstuvwxyz012345";
    char value127[128], value128[129];
    memset(value127, 'v', 127);
    memset(value128, 'v', 128);
    value127[127] = value128[128] = '\0';
    const struct {
        trust_attribute facts[4];
        size_t count;
        trust_status status;
    } cases[] = {
        {{{"a", "1"}, {"b", "1"}}, 2, TRUST_OK},
        {{{name31, value127}}, 1, TRUST_OK},
        {{{name32, "1"}}, 1, TRUST_E_ARGUMENT},
        {{{"a", value128}}, 1, TRUST_E_ARGUMENT},
        {{{"A", "1"}}, 1, TRUST_E_ARGUMENT},
        {{{"", "1"}}, 1, TRUST_E_ARGUMENT},
        {{{NULL, "1"}}, 1, TRUST_E_ARGUMENT},
        {{{"a", NULL}}, 1, TRUST_E_ARGUMENT},
        {{{"a", "\xC3"}}, 1, TRUST_E_ARGUMENT},
        {{{"a", "\xC3\xA9"}}, 1, TRUST_OK},
        {{{"a", "1"}, {"b", "1"}, {"a", "2"}}, 3, TRUST_E_ARGUMENT},
        /* 3 * (1 + 127 + 2) + (2 + 118 + 2) = 512 */
        {{{"a", value127}, {"b", value127}, {"c", value127}, {"ab", value127 + 9}}, 4, TRUST_OK},
        {{{"a", value127}, {"b", value127}, {"c", value127}, {"ab", value127 + 8}},
         4,
         TRUST_E_ARGUMENT},
    };
    trust_policy *policy = load(WITH(PROFILE("x", Y)));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trust_policy_selection s = {7, 7};
        trust_status status = trust_policy_select(policy, cases[i].facts, cases[i].count, &s);
        ck_assert_msg(status == cases[i].status, "%zu: %s", i, trust_status_name(status));
        ck_assert(s.also == (status == TRUST_OK ? 2 : 7));
    }
    trust_policy_selection s;
    ck_status(trust_policy_select(NULL, NULL, 0, &s), TRUST_E_ARGUMENT);
    ck_status(trust_policy_select(policy, NULL, 1, &s), TRUST_E_ARGUMENT);
    ck_status(trust_policy_select(policy, NULL, 0, NULL), TRUST_E_ARGUMENT);
    trust_policy_free(policy);
}
END_TEST

START_TEST(conditions_have_words)
{
    static const struct {
        const char *when, *words;
    } cases[] = {
        {"{'attr':'role','eq':'lock'}", "role is lock"},
        {"{'attr':'role','in':['lock']}", "role is lock"},
        {"{'attr':'role','in':['lock','valve']}", "role is lock or valve"},
        {"{'attr':'role','in':['lock','valve','door']}", "role is lock, valve or door"},
        {"{'attr':'risk_class','ge':3}", "risk_class is at least 3"},
        {"{'attr':'risk_class','le':-3}", "risk_class is at most -3"},
        {"{'attr':'model','prefix':'X-2.1_a'}", "model begins with X-2.1_a"},
        {"{'attr':'model','eq':'aAzZ09'}", "model is aAzZ09"},
        {"{'attr':'model','in':['`','{','@','[','/',':']}",
         "model is \"`\", \"{\", \"@\", \"[\", \"/\" or \":\""},
        {"{'attr':'model','eq':'X 2'}", "model is \"X 2\""},
        {"{'attr':'country','in':['DE,AT','\\u00e9']}", "country is \"DE,AT\" or \"\xC3\xA9\""},
        {"{'any':[{'attr':'role','in':['lock','valve']},{'attr':'risk_class','ge':3}]}",
         "role is lock or valve, or risk_class is at least 3"},
        {"{'all':[" Y "," N "," U "]}", "yes is 1, and no is 1, and dunno is 1"},
        {"{'not':" Y "}", "not (yes is 1)"},
        {"{'not':{'any':[" Y "," N "]}}", "not (yes is 1, or no is 1)"},
        {"{'all':[{'any':[" Y "," N "]}," U "]}", "(yes is 1, or no is 1), and dunno is 1"},
        {"{'all':[{'any':[" Y "]}," U "]}", "yes is 1, and dunno is 1"},
        {"{'all':[{'any':[" Y "," N "]}]}", "yes is 1, or no is 1"},
        {"{'any':[" U ",{'all':[" Y ",{'any':[" N "," U "]}]}]}",
         "dunno is 1, or (yes is 1, and (no is 1, or dunno is 1))"},
    };
    char room[256], text[2048];
    size_t need;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(text, sizeof text, WITH(PROFILE("first", Y) "," PROFILE("x", "%s")),
                 cases[i].when);
        trust_policy *policy = load(text);
        ck_ok(trust_policy_profile_when(policy, 2, room, sizeof room, &need));
        ck_assert_str_eq(room, cases[i].words);
        ck_assert_uint_eq(need, strlen(room));
        ck_ok(trust_policy_profile_when(policy, 1, room, sizeof room, NULL));
        ck_assert_str_eq(room, "yes is 1");
        ck_ok(trust_policy_profile_when(policy, 0, room, 1, &need));
        ck_assert_str_eq(room, "");
        ck_status(trust_policy_profile_when(policy, 1, room, 8, &need), TRUST_E_LIMIT);
        ck_assert_uint_eq(need, 8);
        ck_status(trust_policy_profile_when(policy, 1, NULL, 0, &need), TRUST_E_LIMIT);
        ck_status(trust_policy_profile_when(policy, 3, room, sizeof room, &need),
                  TRUST_E_NOT_FOUND);
        ck_status(trust_policy_profile_when(policy, 1, NULL, 1, &need), TRUST_E_ARGUMENT);
        ck_status(trust_policy_profile_when(NULL, 1, room, sizeof room, &need), TRUST_E_ARGUMENT);
        trust_policy_free(policy);
    }
}
END_TEST

int main(void)
{
    return run_tests("select", TESTS(three_values, words_are_compared_whole, numbers_are_whole,
                                     the_first_true_profile_counts, the_last_profile_has_a_bit,
                                     facts_are_checked, conditions_have_words));
}
