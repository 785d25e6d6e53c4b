/* bcryptprimitives.dll, which Wine 8 lacks: esbuild and rolldown ask it for random bytes. */
__declspec(dllimport) unsigned char __stdcall SystemFunction036(void *bytes, unsigned long count);
__declspec(dllexport) int ProcessPrng(unsigned char *bytes, unsigned long long count) { return SystemFunction036(bytes, count); }
