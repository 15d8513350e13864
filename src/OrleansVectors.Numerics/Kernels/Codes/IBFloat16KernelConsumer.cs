namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>Code that is generic over a kernel, given to <see cref="BFloat16KernelPicker"/> to be run with the right one.</summary>
/// <typeparam name="TResult">What the code makes.</typeparam>
public interface IBFloat16KernelConsumer<out TResult>
{
    TResult Use<TKernel>()
        where TKernel : struct, IBFloat16Kernel;
}
