#include "attack.h"

/* A mistake with memory, which is not an attack yet. */
static void attack(void) { attempt("write to nowhere", *(volatile int *)16 = 1); }
