namespace OrleansVectors.Numerics.Kernels;

/// <summary>Code that is generic over a metric's step and a register width, given to <see cref="StepPicker"/> to be run with the right ones.</summary>
/// <typeparam name="TResult">What the code makes.</typeparam>
internal interface IStepConsumer<out TResult>
{
    TResult Use<TStep, TWidth, TVector>()
        where TStep : struct, IAccumulationStep
        where TWidth : struct, ISimdWidth<TVector>
        where TVector : struct;
}
