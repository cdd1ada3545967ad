/*
 * What a libstdc++ that was built for glibc needs and musl does not have, so that the musl build
 * can be tried where there is no libstdc++ for musl. It takes the place of ld-linux-x86-64.so.2,
 * which that libstdc++ asks for.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/random.h>

char __libc_single_threaded = 0;
struct { unsigned vendor, type, subtype, features; } __cpu_model;

int __cpu_indicator_init(void) { return 0; }

int __cxa_thread_atexit_impl(void (*function)(void *), void *argument, void *library) { return 0; }

/* Not found: libgcc then looks with dl_iterate_phdr. */
int _dl_find_object(void *address, void *result) { return -1; }

uint32_t arc4random(void)
{
	uint32_t number;
	getrandom(&number, sizeof number, 0);
	return number;
}

size_t strftime_l(char *, size_t, const char *, const void *, void *);

size_t __strftime_l(char *text, size_t size, const char *format, const void *time, void *locale)
{
	return strftime_l(text, size, format, time, locale);
}
