/* Holds a file open for a second, as programs of Windows do: others may not replace it meanwhile. */
#include <stdio.h>
#include <windows.h>

int wmain(int count, wchar_t **words)
{
	HANDLE file;
	if (count < 2)
		return 2;
	file = CreateFileW(words[1], GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
		OPEN_EXISTING, 0, NULL);
	if (file == INVALID_HANDLE_VALUE)
		return 1;
	puts("held");
	fflush(stdout);
	Sleep(1000);
	CloseHandle(file);
	return 0;
}
